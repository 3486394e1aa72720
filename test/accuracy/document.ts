/**
 * The page docs/accuracy.md: finwait's verdicts beside those of other tools.
 */

import type { Score } from '../truth/score.ts'
import { type Contradiction, endsOf, finwaitContradictions, peerContradictions } from './contradiction.ts'
import { finwaitVerdicts } from './finwait.ts'
import { kernelSection } from './kernel.ts'
import type { PeerVerdicts } from './peer-verdicts.ts'
import { COMMANDS, PEERS } from './peers.ts'
import type { Story } from './story.ts'

const TOOLS = ['finwait', ...PEERS] as const
type Tool = (typeof TOOLS)[number]

/** A row of the tables. */
interface Row {
  story: Story
  verdicts: Record<Tool, string>
  contradictions: Record<Tool, Contradiction[]>
}

export interface Accuracy {
  scenarios: readonly Story[]
  recordings: readonly Story[]
  /** What the other tools said of both. */
  peers: PeerVerdicts
  /** finwait against the kernels of all recordings. */
  kernel: Score
}

export function accuracyPage({ scenarios, recordings, peers, kernel }: Accuracy): string {
  const ofScenarios = scenarios.map((story) => rowOf(story, peers))
  const ofRecordings = recordings.map((story) => rowOf(story, peers))
  return [
    INTRODUCTION,
    kernelSection(kernel),
    BESIDE_OTHERS,
    commands(peers),
    RULE,
    sums([...ofScenarios, ...ofRecordings]),
    '## Scenarios\n\nThe truth is the ladder diagram that the capture is made from.\n',
    table(ofScenarios, 'scenario'),
    '### What the marks say\n',
    reasons(ofScenarios),
    '## Recordings\n\nThe truth is what the kernels of both hosts told while the capture was made.\n',
    table(ofRecordings, 'recording'),
    '### What the marks say\n',
    reasons(ofRecordings),
  ].join('\n')
}

const INTRODUCTION = `# Accuracy

<!-- Made by \`npm run accuracy\`; a test holds finwait's column to what finwait says today. -->

The captures are those of this repository: \`test/scenarios\`, of which each is a ladder diagram with a story that
tools get wrong, and \`fixtures\`, recorded from real Linux kernels, which told every change of state meanwhile.
`

const BESIDE_OTHERS = `## Beside other tools

The same captures, read by finwait and by tools that many people use:
`

const RULE = `✗ stands where a tool's own words say the opposite of the truth. A tool that says less, or nothing, is not wrong. In
parentheses, (✗), the truth is not in the capture, and no tool could know. What counts as said:

- The number of connections, by tshark's streams and tcptrace's connections. argus counts flow records, and one
  connection may have many; the state shown is that of the last record.
- tshark: \`Complete\` means both an opening and a closing handshake (Wireshark User's Guide, TCP Analysis), so the
  connection was opened, and is over on both sides. \`Incomplete\` says nothing, but \`Incomplete, ESTABLISHED\` that it
  was opened.
- tcptrace: \`yes\` means both SYNs and both FINs, so the connection was opened, and is over; \`RESET\`, that a RST ended
  it or kept it from beginning. \`no\` says nothing.
- argus: \`RST\` as above; \`CON\`, that the connection is open. \`FIN\`, \`ACC\` and \`REQ\` say which segment was seen.
- finwait: the number of connections, and the last state of each side; none of a side that it leaves empty (–).
`

function commands({ versions }: PeerVerdicts): string {
  const lines = PEERS.map((peer) => `- ${peer} ${versions[peer] ?? '(not run)'}: \`${COMMANDS[peer]}\``)
  return `${['- finwait: `finwait --format json CAPTURE`', ...lines].join('\n')}\n`
}

function rowOf(story: Story, peers: PeerVerdicts): Row {
  const ours = finwaitVerdicts(story)
  const verdicts = {
    finwait: grouped(
      ours.map(({ client, server, open, close }) => `${client ?? '–'} / ${server ?? '–'}, ${open}, ${close}`),
    ),
  }
  const contradictions = { finwait: finwaitContradictions(story, ours) }
  const row = { story, verdicts, contradictions } as Row
  for (const peer of PEERS) {
    const theirs = peers.stories.get(story.id)?.[peer]
    row.verdicts[peer] = theirs ? grouped(theirs) || 'nothing' : 'not run'
    row.contradictions[peer] = peerContradictions(story, peer, theirs ?? [])
  }
  return row
}

/** Equal ones counted, in the order of the first. */
function grouped(verdicts: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const verdict of verdicts) counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
  return [...counts].map(([verdict, count]) => (count > 1 ? `${count} × ${verdict}` : verdict)).join('; ')
}

function table(rows: readonly Row[], what: string): string {
  const lines = rows.map(({ story, verdicts, contradictions }) => {
    const cell = (tool: Tool): string => [verdicts[tool], mark(contradictions[tool])].filter(Boolean).join(' ')
    const name = story.title ? `${story.id} ${story.title}` : story.id
    return cells([name, grouped(story.connections.map(endsOf)), ...TOOLS.map(cell)])
  })
  const headings = [what, 'truth', 'finwait: states, open, close', 'tshark', 'tcptrace', 'argus']
  return `${[cells(headings), cells(headings.map(() => '---')), ...lines].join('\n')}\n`
}

function cells(texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`
}

function mark(contradictions: readonly Contradiction[]): string {
  if (contradictions.length === 0) return ''
  return contradictions.some(({ isShown }) => isShown) ? '✗' : '(✗)'
}

function sums(rows: readonly Row[]): string {
  const count = (tool: Tool, wanted: string): string =>
    String(rows.filter((row) => mark(row.contradictions[tool]) === wanted).length)
  const lines = TOOLS.map((tool) => cells([tool, String(told(rows, tool)), count(tool, '✗'), count(tool, '(✗)')]))
  return `${[cells(['', 'captures read', '✗', '(✗)']), cells(['---', '---', '---', '---']), ...lines].join('\n')}\n`
}

function told(rows: readonly Row[], tool: Tool): number {
  return rows.filter(({ verdicts }) => !['nothing', 'not run'].includes(verdicts[tool])).length
}

function reasons(rows: readonly Row[]): string {
  const lines = rows.flatMap(({ story, contradictions }) =>
    TOOLS.flatMap((tool) => {
      const texts = grouped(contradictions[tool].map(({ text }) => text))
      return texts ? [`- ${story.id}, ${tool} says ${texts} ${mark(contradictions[tool])}`] : []
    }),
  )
  return `${lines.join('\n') || 'There are none.'}\n`
}
