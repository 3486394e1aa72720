/**
 * What a report says of one host of a world, brought to the model's terms: one list over all connections that the
 * report found on the two ports, times in the microseconds of the world.
 */
import type { ConnectionReport, MomentReport, Report, TransitionReport } from '../../src/report/model.ts'
import type { TcpState } from '../../src/tcp/states.ts'
import { HOSTS, type HostIndex } from './segment.ts'
import { ADDRESSES, EPOCH_SECONDS, type Recording } from './tap.ts'

export interface Claim {
  from: TcpState
  to: TcpState
  event: string
  evidence: TransitionReport['evidence']
  causeFrame: number | null
  causeUs: number | null
  proofUs: number | null
  /** Of the report's own numbers, for a reader. */
  text: string
}

/** The connections that a report found on the ports of a recording, in its order. */
export function connectionsOf(report: Report, { ports }: Recording): ConnectionReport[] {
  return report.connections.filter(({ client, server }) =>
    HOSTS.every((host) => [client, server].some((end) => end.port === ports[host] && end.address === ADDRESSES[host])),
  )
}

export function claimsOf(connections: readonly ConnectionReport[], recording: Recording, host: HostIndex): Claim[] {
  return connections.flatMap(({ client, connection, transitions }) => {
    const isClient = client.address === ADDRESSES[host] && client.port === recording.ports[host]
    return transitions
      .filter(({ side }) => side === (isClient ? 'client' : 'server'))
      .map((transition) => claimOf(transition, recording, connection))
  })
}

function claimOf(transition: TransitionReport, recording: Recording, connection: number): Claim {
  const { from, to, event, evidence, cause, proof } = transition
  const frames = `cause ${cause?.frame ?? '-'} proof ${proof?.frame ?? '-'}`
  return {
    from,
    to,
    event,
    evidence,
    causeFrame: cause?.frame ?? null,
    causeUs: worldTime(cause, recording),
    proofUs: worldTime(proof, recording),
    text: `connection ${connection}: ${from} > ${to} (${event}) ${evidence}, ${frames}`,
  }
}

function worldTime(moment: MomentReport | null, recording: Recording): number | null {
  if (moment === null) return null
  const wholeSeconds = Date.parse(`${moment.time.slice(0, 19)}Z`) / 1000
  const microseconds = Number(moment.time.slice(20, 26))
  return (wholeSeconds - EPOCH_SECONDS) * 1e6 + microseconds - recording.startUs
}

/** A passive side that is aborted returns to LISTEN, an active one to CLOSED; no tap sees which of the two it was. */
export function isGone(state: TcpState): boolean {
  return state === 'CLOSED' || state === 'LISTEN'
}

export function isSameState(first: TcpState, second: TcpState): boolean {
  return first === second || (isGone(first) && isGone(second))
}
