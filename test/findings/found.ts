/**
 * The findings of a report about its connections, in the form that tests compare: one line each, sorted.
 */
import type { Report } from '../../src/report/model.ts'

export interface Found {
  connection: number
  code: string
  side: string | null
  frames: number[]
}

/** Those of the connections of `address`, when it is given. */
export function foundIn({ connections }: Report, address?: string): Found[] {
  return connections
    .filter(({ client, server }) => address === undefined || [client.address, server.address].includes(address))
    .flatMap(({ connection, findings }) =>
      findings.map(({ code, side, frames }) => ({ connection, code, side, frames })),
    )
}

export function linesOf(found: readonly Found[]): string[] {
  return found.map(({ connection, code, side, frames }) => [connection, code, side ?? '-', ...frames].join(' ')).sort()
}
