/* Goes when the folder has its first source. */
typedef int net_placeholder;
