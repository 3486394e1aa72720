/**
 * How the program ends. Scripts depend on these.
 */

export const EXIT_DONE = 0
/** `--fail-on` met a finding. */
export const EXIT_FOUND = 1
/** Wrong usage, or a capture that cannot be read to its end. */
export const EXIT_COULD_NOT_RUN = 2
/** After Ctrl-C, with the report printed first. */
export const EXIT_INTERRUPTED = 130
