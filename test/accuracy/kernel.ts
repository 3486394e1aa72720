/**
 * The part of the page about finwait and the kernel, transition by transition. How it is counted: test/truth.
 */
import type { Score } from '../truth/score.ts'

export function kernelSection({ sides, right, grades, frames, sameFrame, timing, early }: Score): string {
  const { observed, proved, assumed } = grades
  const inTime = timing.kept + timing.early
  const rows = [
    ['sides of connections whose states are all the kernel’s', right, sides],
    ['transitions graded observed that are true', observed.right, observed.right + observed.wrong],
    ['transitions graded proved that are true', proved.right, proved.right + proved.wrong],
    ['transitions graded assumed that are true', assumed.right, assumed.right + assumed.wrong],
    ['causes that are the frame that made the kernel move', sameFrame, frames],
    ['kernel times between cause and proof', inTime, inTime + timing.broken],
  ] as const
  const lines = rows.map(([what, part, whole]) => `| ${what} | ${part} of ${whole} |`)
  return `## Against the kernel

\`npm run truth\` compares every recording with what its two kernels did. States that no segment shows may be missing,
but what is stated must be true. \`test/truth/wire-limits.ts\` lists what is not, by name and with its reason.

| | |
| --- | --- |
${lines.join('\n')}

${early.length} of the times are true as "at the latest then" only: a FIN waits behind a closed window, or a crash shows
when somebody asks.
`
}
