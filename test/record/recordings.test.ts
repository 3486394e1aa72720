/**
 * The fixtures against the scenarios that they were recorded from: none is missing, none is left over, each shows the
 * states that its scenario promises, and a reader finds its story.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scenarios } from '../../fixtures/record/scenarios/index.ts'
import { listFixtures, type TruthTransition } from '../support/fixtures.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'fixtures')
const fixtures = listFixtures()

/** Without the blanks that align its tables. */
const README = readFileSync(join(FOLDER, 'README.md'), 'utf8').replace(/ +/g, ' ')

it('every scenario has been recorded, and every recording has a scenario', () => {
  const names = scenarios.map((scenario) => scenario.name)
  expect(fixtures.map((fixture) => fixture.name)).toEqual(names.toSorted())
})

it('the folder holds no capture without a truth', () => {
  const captures = readdirSync(FOLDER).filter((file) => /\.pcap(ng)?$/.test(file))
  expect(captures.sort()).toEqual(fixtures.map((fixture) => fixture.truth.capture.file).sort())
})

it('all fixtures together stay below 3 MB', () => {
  const sizes = readdirSync(FOLDER).map((file) => statSync(join(FOLDER, file)).size)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(3e6)
})

describe.each(fixtures)('$name', ({ name, capturePath, truth }) => {
  const scenario = scenarios.find((one) => one.name === name)

  it('has its capture, and its story in the README', () => {
    expect(existsSync(capturePath)).toBe(true)
    expect(truth.description).toBe(scenario?.story)
    expect(README).toContain(`| \`${name}\` | ${truth.description} |`)
  })

  it('shows the states that its scenario promises', () => {
    const states = truth.connections.map(({ sides }) => ({
      client: inWords(sides.client),
      server: inWords(sides.server),
    }))
    expect(states).toEqual(scenario?.expect)
  })

  it('has its states in order of time, and says why where one cannot be seen', () => {
    for (const steps of truth.connections.flatMap(({ sides }) => [sides.client ?? [], sides.server ?? []])) {
      expect(steps.map((step) => step.time)).toEqual(steps.map((step) => step.time).toSorted())
      for (const step of steps) expect(step.why !== undefined).toBe(!step.visible)
      for (const step of steps) expect(step.call !== undefined).toBe(step.cause === 'call')
    }
  })
})

function inWords(steps: readonly TruthTransition[] | null): string {
  if (steps === null) return 'no socket'
  return steps.map((step) => (step.visible ? step.state : `(${step.state})`)).join(' ')
}
