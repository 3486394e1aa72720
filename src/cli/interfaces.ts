/**
 * `finwait interfaces`: what can be captured on, by which program, and what is missing where nothing can.
 */
import { escapeTerminal } from '../report/escape.ts'
import { type Ability, abilityOf, ENGINES } from '../source/live/choose-engine.ts'
import { type CaptureDevice, listInterfaces, usualInterface } from '../source/live/interfaces.ts'
import { EXIT_COULD_NOT_RUN, EXIT_DONE } from './exit-code.ts'
import type { ProcessLike } from './process.ts'

/** @returns the exit code: 2 when no program can capture */
export async function interfaces({ stdout }: ProcessLike): Promise<number> {
  const [devices, usual] = [await listInterfaces(), await usualInterface()]
  const abilities = await Promise.all(Object.values(ENGINES).map((engine) => abilityOf(engine, usual ?? '')))
  stdout.write(`${[...deviceLines(devices, usual), '', ...abilityLines(abilities)].join('\n')}\n`)
  return abilities.some(({ error }) => error === null) ? EXIT_DONE : EXIT_COULD_NOT_RUN
}

function deviceLines(devices: readonly CaptureDevice[], usual: string | null): string[] {
  const width = Math.max(...devices.map(({ name }) => name.length))
  return devices.map(({ name, description, isUp, addresses }) => {
    const words = [name === usual ? '(without -i)' : '', description, ...addresses].filter((word) => word !== '')
    return escapeTerminal(`${name.padEnd(width)}  ${isUp ? 'up  ' : 'down'}  ${words.join(' ')}`).trimEnd()
  })
}

/** The first that works is the one that `--source auto` takes. */
function abilityLines(abilities: readonly Ability[]): string[] {
  const chosen = abilities.find(({ error }) => error === null)
  const lines = abilities.flatMap(({ engine, error, remedy }) => {
    if (error === null) return [`--source ${engine.name.padEnd(9)}works: ${engine.merit}`]
    const why = error.message.replace(`${engine.name}: `, '')
    return [`--source ${engine.name.padEnd(9)}${escapeTerminal(why)}`, ...remedyLines(remedy)]
  })
  return [...lines, chosen ? `--source auto takes ${chosen.engine.name}` : 'nothing can capture here']
}

/** On lines of their own, to be copied. */
function remedyLines(remedy: Ability['remedy']): string[] {
  return remedy === null ? [] : [`    ${escapeTerminal(remedy.command)}`, `      ${escapeTerminal(remedy.note)}`]
}
