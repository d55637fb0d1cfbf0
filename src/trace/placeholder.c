/* Goes when the folder has its first source. */
typedef int trace_placeholder;
