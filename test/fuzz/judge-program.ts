/**
 * What must hold of the program for any files: it ends with 0 or 2, says why in lines of its own, prints a report that
 * is as the schema says, and one of several captures, compressed or not, does not spoil the others.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { FakeProcess, runWith } from '../support/fake-process.ts'
import type { Chance } from './chance.ts'
import { damageBytes } from './damage-bytes.ts'
import { expectPrintable, expectValidReport, Failure } from './failure.ts'

const folder = mkdtempSync(join(tmpdir(), 'finwait-fuzz-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** Throws a `Failure`. `captures` become the files of one run. */
export async function judgeProgram(captures: readonly Uint8Array[], chance: Chance): Promise<void> {
  const files = captures.map((bytes, i) => {
    const path = join(folder, `${i}.pcap`)
    writeFileSync(path, packed(bytes, chance))
    return path
  })
  const words = [...options(chance), ...files]
  const isShow = chance.oneIn(4)
  const fake = new FakeProcess(...(isShow ? ['show', ...words, String(chance.below(3))] : words))
  fake.stdout.isTTY = chance.oneIn(2)
  fake.stdout.columns = chance.pick([1, 30, 80, 200])
  const { exitCode, stdout, stderr } = await runWith(fake)
  const said = `finwait ${fake.argv.slice(2).join(' ')}`
  if (exitCode !== 0 && exitCode !== 2) throw new Failure(`${said} ends with ${exitCode}: ${stderr}`)
  if (/a bug:/.test(stderr)) throw new Failure(`${said}: ${stderr}`)
  const stray = stderr.split('\n').find((line) => line !== '' && !line.startsWith('finwait: '))
  if (stray !== undefined) throw new Failure(`${said} says ${stray}`)
  if (exitCode === 2 && stderr === '') throw new Failure(`${said} ends with 2 and says nothing`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours.
  expectPrintable(stdout.replace(/\x1b\[\d+m/g, ''), said)
  expectPrintable(stderr, `${said}, standard error,`)
  if (!isShow && words.includes('json') && stdout !== '') expectValidReport(stdout)
}

/** As it is, or compressed, and damaged then. */
function packed(bytes: Uint8Array, chance: Chance): Uint8Array {
  if (!chance.oneIn(5)) return bytes
  const whole = new Uint8Array(gzipSync(bytes))
  return chance.oneIn(2) ? whole : damageBytes(whole, bytes, chance)
}

function options(chance: Chance): string[] {
  const chosen = chance.oneIn(2) ? ['--format', 'json'] : []
  if (chosen.length === 0 && chance.oneIn(2)) chosen.push('--limit', '2')
  if (chance.oneIn(4)) chosen.push('--count', String(chance.between(1, 40)))
  if (chance.oneIn(4)) chosen.push('--max-connections', String(chance.between(1, 3)))
  if (chance.oneIn(8)) chosen.push('--strict')
  if (chance.oneIn(4)) chosen.push('--names')
  if (chance.oneIn(8)) chosen.push('--checksum')
  return chosen
}
