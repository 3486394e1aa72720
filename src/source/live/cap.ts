/**
 * The npm package cap, in a process of its own: cap-child.ts. A filter that does not compile, or an interface that goes
 * down, ends the process that has loaded it (cap 0.2.1).
 */
import { join } from 'node:path'
import { PACKAGE_FOLDER } from '../package-folder.ts'
import type { Engine } from './engine.ts'

/** Node runs what the compiler made, also where this runs in `src/`. */
const CHILD = join(PACKAGE_FOLDER, 'dist', 'source', 'live', 'cap-child.js')

export const cap: Engine = {
  name: 'cap',
  clock: 'program',
  merit: 'times by the program, up to milliseconds late; it does not count lost packets',
  capture: (request) => ({ program: process.execPath, args: [CHILD, 'capture', JSON.stringify(request)] }),
  probe: (name) => ({ program: process.execPath, args: [CHILD, 'probe', name] }),
  list: () => ({ program: process.execPath, args: [CHILD, 'list'] }),
  tellsDropsOn: null,
  dropsIn: () => null,
  drainMs: 50,
}
