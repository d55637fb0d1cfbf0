/* Goes when the folder has its first source. */
typedef int judge_placeholder;
