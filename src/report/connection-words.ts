/**
 * One connection in words, as the table and the Markdown report show it. The words are those of the JSON report, so
 * that what is read here can be typed after `--filter`.
 */
import { escapeTerminal } from './escape.ts'
import type { ConnectionReport, EndpointReport, FindingReport } from './model.ts'
import { SEVERITY_RANK } from './palette.ts'
import { secondsBetween } from './time.ts'

/** `10.0.0.1:80`, `[2001:db8::1]:80`, or with names `web.example:80`. */
export function endpointText({ address, name, port }: EndpointReport): string {
  const host = escapeTerminal(name ?? address)
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** `web.example is 10.0.0.2`; empty when it has no name. */
export function nameText({ address, name }: EndpointReport): string {
  return name ? `${escapeTerminal(name)} is ${escapeTerminal(address)}` : ''
}

/** Instead of a state when the capture says nothing of that side. */
export const NOT_SEEN = 'not seen'

export function stateText(endpoint: EndpointReport): string {
  return endpoint.state ?? NOT_SEEN
}

/** How a connection was closed; `byText` says by whom. */
export function closedText({ close }: ConnectionReport): string {
  if (close.kind === 'open') return 'still open'
  return close.kind === 'never-opened' ? 'never opened' : close.kind
}

/** Who closed first: `by client`; empty when nobody did. */
export function byText({ close }: ConnectionReport): string {
  return close.by === null ? '' : `by ${close.by}`
}

export function durationSeconds(connection: ConnectionReport): number {
  return secondsBetween(connection.start, connection.end)
}

/** The first of the findings that are as severe as any; null when there is none. */
export function loudest(findings: readonly FindingReport[]): FindingReport | null {
  let found: FindingReport | null = null
  for (const finding of findings) {
    if (found === null || SEVERITY_RANK[finding.severity] > SEVERITY_RANK[found.severity]) found = finding
  }
  return found
}

/** `warn: close-wait-stuck, 2 more`; chat is not worth a word. */
export function findingText(findings: readonly FindingReport[]): string {
  const told = findings.filter(({ severity }) => severity !== 'chat')
  const first = loudest(told)
  if (first === null) return ''
  return `${first.severity}: ${first.code}${told.length > 1 ? `, ${told.length - 1} more` : ''}`
}
