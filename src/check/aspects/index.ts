/**
 * Everything that a rule expects of each connection, with the keys under which it stands.
 */
import type { ConnectionRule } from '../language.ts'
import type { Path } from '../problems.ts'
import type { Aspect } from './aspect.ts'
import { closeAspect } from './close.ts'
import { findingsAspect } from './findings.ts'
import { handshakeAspect, openAspect } from './opening.ts'
import { completeAspect } from './quality.ts'
import { statesAspect } from './states.ts'

export interface PlacedAspect extends Aspect {
  path: Path
}

export function aspectsOf({ open, handshake, close, states = {}, findings, quality }: ConnectionRule): PlacedAspect[] {
  const aspects: PlacedAspect[] = []
  const add = (aspect: Aspect, ...path: string[]) => aspects.push({ ...aspect, path })
  if (open !== undefined) add(openAspect(open), 'open')
  if (handshake !== undefined) add(handshakeAspect(handshake), 'handshake')
  if (close !== undefined) add(closeAspect(close), 'close')
  for (const side of ['client', 'server'] as const) {
    if (states[side] !== undefined) add(statesAspect(side, states[side]), 'states', side)
  }
  if (findings !== undefined) add(findingsAspect(findings), 'findings')
  if (quality !== undefined) add(completeAspect, 'quality')
  return aspects
}
