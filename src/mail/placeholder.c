/* Goes when the folder has its first source. */
typedef int mail_placeholder;
