/**
 * Which capture program works here: each is asked to open the interface.
 */
import type { SourceError } from '../source-error.ts'
import { cap } from './cap.ts'
import { dumpcap } from './dumpcap.ts'
import { ENGINE_NAMES, type Engine, type EngineName } from './engine.ts'
import { engineError } from './engine-error.ts'
import { type Problem, type Remedy, remedyFor } from './remedies.ts'
import { pathOf, runCommand } from './run-command.ts'
import { tcpdump } from './tcpdump.ts'

export const ENGINES: Readonly<Record<EngineName, Engine>> = { tcpdump, dumpcap, cap }

export interface Ability {
  engine: Engine
  /** Null when it can capture. */
  error: SourceError | null
  remedy: Remedy | null
}

/** Whether `engine` can capture on the interface; nothing is captured. */
export async function abilityOf(engine: Engine, name: string): Promise<Ability> {
  const ran = await runCommand(engine.probe(name))
  if (ran.isDone) return { engine, error: null, remedy: null }
  const request = { interface: name, filter: '', snaplen: 0, bufferMegabytes: 1 }
  const error = engineError(engine, request, ran.failure)
  const path = pathOf(engine.name) ?? engine.name
  return { engine, error, remedy: remedyFor(process.platform, engine.name, problemOf(error), path) }
}

function problemOf({ code }: SourceError): Problem {
  return code === 'ENOENT' ? 'absent' : code === 'EPERM' ? 'permission' : 'other'
}

export interface Choice {
  engine: Engine
  /** Why this one: what kept those away that would have been preferred. */
  refused: readonly Ability[]
}

/**
 * The first that works on the interface; of all, or of the one that is wanted.
 *
 * @returns those that were tried, with what is wrong, when none does
 */
export async function chooseEngine(wanted: EngineName | 'auto', name: string): Promise<Choice | readonly Ability[]> {
  const refused: Ability[] = []
  for (const candidate of wanted === 'auto' ? ENGINE_NAMES : [wanted]) {
    const ability = await abilityOf(ENGINES[candidate], name)
    if (ability.error === null) return { engine: ability.engine, refused }
    refused.push(ability)
  }
  return refused
}
