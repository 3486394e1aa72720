/**
 * `docs/states.md`: the table of src/tcp/states.ts as a diagram and as a list.
 */
import { type Arrow, PICKUP, TRANSITIONS } from '../../src/tcp/states.ts'

/** Arrows that leave so many states for CLOSED that a drawing of them hides the others. */
const CUTS_SHORT = new Set([
  'snd RST',
  'snd RST, passive OPEN',
  'rcv RST',
  'rcv RST, passive OPEN',
  'user timeout',
  'rcv ICMP error',
])

export function statesPage(): string {
  return `# States and arrows

This page is generated from \`src/tcp/states.ts\` by \`npm run docs\`. Every change of a state that finwait reports is one
of these arrows, and names its section. The labels are those of RFC 9293 §3.3.2 Figure 5, seen from one side: \`snd\` is
what it sends, \`rcv\` what arrives at it. How finwait knows that something arrived is another question:
[inference.md](inference.md).

\`\`\`mermaid
${diagram(TRANSITIONS.filter(([, on]) => !CUTS_SHORT.has(on)))}
\`\`\`

Left out of the drawing is what cuts a connection short, from nearly everywhere to CLOSED or back to LISTEN:

| on | from | to |
|---|---|---|
${[...CUTS_SHORT].map(cutShortRow).join('\n')}

## All arrows

| from | on | to | RFC 9293 |
|---|---|---|---|
${TRANSITIONS.map((arrow) => `| ${arrow.join(' | ')} |`).join('\n')}

## A row of ours

| from | on | to | why |
|---|---|---|---|
| ${PICKUP.from} | ${PICKUP.on} | ${PICKUP.to} | ${PICKUP.section} |

A connection whose opening was not captured has to start somewhere: where most are. It is always graded \`assumed\`.
`
}

/** Mermaid's state diagram. Its identifiers know no hyphen. */
function diagram(arrows: readonly Arrow[]): string {
  const labels = new Map<string, string[]>()
  for (const [from, on, to] of arrows) {
    const key = `${idOf(from)} --> ${idOf(to)}`
    labels.set(key, [...(labels.get(key) ?? []), on])
  }
  const states = [...new Set(arrows.flatMap(([from, , to]) => [from, to]))]
  return [
    'stateDiagram-v2',
    ...states.map((state) => `  state "${state}" as ${idOf(state)}`),
    ...[...labels].map(([key, events]) => `  ${key} : ${events.join(' or ')}`),
  ].join('\n')
}

function idOf(state: string): string {
  return state.replaceAll('-', '_')
}

function cutShortRow(event: string): string {
  const arrows = TRANSITIONS.filter(([, on]) => on === event)
  const from = arrows.map(([state]) => state).join(', ')
  return `| ${event} | ${from} | ${[...new Set(arrows.map(([, , to]) => to))].join(', ')} |`
}
