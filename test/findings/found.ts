/**
 * The findings of a report about its connections, in the form that tests compare.
 */
import type { Report } from '../../src/report/model.ts'

export interface Found {
  connection: number
  code: string
  side: string | null
  frames: number[]
}

/** Those of the ladder's two hosts, when `address` is given. */
export function foundIn({ connections }: Report, address?: string): Found[] {
  return connections
    .filter(({ client, server }) => address === undefined || [client.address, server.address].includes(address))
    .flatMap(({ connection, findings }) =>
      findings.map(({ code, side, frames }) => ({ connection, code, side, frames })),
    )
}

/** One line each, in an order that does not depend on that of the findings. */
export function linesOf(found: readonly Found[]): string[] {
  return found.map(({ connection, code, side, frames }) => [connection, code, side ?? '-', ...frames].join(' ')).sort()
}
