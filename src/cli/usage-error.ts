/**
 * What the user typed cannot be done: one line, with the nearest thing that can.
 */

/** Ends the run with exit code 2. The message has no `finwait:` in front and no full stop; it may have several lines. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
