/**
 * `docs/findings.md`: every code of src/findings/catalogue.ts with its meaning from messages.ts.
 */
import { CATALOGUE, FINDING_CODES, type FindingCode } from '../../src/findings/catalogue.ts'
import { MESSAGES } from '../../src/findings/messages.ts'

/** The first code of each group, in the order of the catalogue. */
const GROUPS: readonly [first: FindingCode, title: string][] = [
  ['mid-stream', 'Opening'],
  ['simultaneous-close', 'Close'],
  ['connection-reset', 'Reset'],
  ['time-wait-restarted', 'TIME-WAIT'],
  ['syn-received-stuck', 'Stuck'],
  ['retransmission', 'Traffic'],
  ['one-sided', 'Quality of the capture'],
  ['syn-flood', 'The capture as a whole'],
  ['connection-limit', 'A limit was reached'],
]

export function findingsPage(): string {
  return `# Findings

This page is generated from \`src/findings/\` by \`npm run docs\`. A code is stable: scripts may compare it. A finding of a
connection names its frames and a Wireshark display filter that shows them. Select connections by
\`--filter finding=close-wait-stuck\` or \`--filter severity=warn,error\`; \`--fail-on warn\` makes the exit code 1 when
there is one of that severity or a worse one. Those of the capture as a whole are reported whatever is selected, and
select no connection.

| severity | means |
|---|---|
| chat | usual: good to know when reading this connection |
| note | worth knowing, and nothing wrong by itself |
| warn | unusual: something did not work as somebody meant it to |
| error | broken: something should be done |

${GROUPS.map(([first, title], at) => group(title, first, GROUPS[at + 1]?.[0])).join('\n')}`
}

function group(title: string, first: FindingCode, next: FindingCode | undefined): string {
  const from = FINDING_CODES.indexOf(first)
  const codes = FINDING_CODES.slice(from, next === undefined ? undefined : FINDING_CODES.indexOf(next))
  return `## ${title}

| code | severity | meaning | reference |
|---|---|---|---|
${codes.map(row).join('\n')}
`
}

function row(code: FindingCode): string {
  const { severity, ref } = CATALOGUE[code]
  const reference = ref.startsWith('docs/') ? `[${ref.slice(5)}](${ref.slice(5)})` : ref
  return `| \`${code}\` | ${severity} | ${MESSAGES[code].meaning.replaceAll('|', '\\|')} | ${reference} |`
}
