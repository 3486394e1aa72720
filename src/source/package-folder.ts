/**
 * Where the package is, from wherever in it this runs: `src/`, what the compiler made of it, or the bundle.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const PACKAGE_FOLDER: string = folderWith('package.json', import.meta.dirname)

function folderWith(name: string, folder: string): string {
  return existsSync(join(folder, name)) ? folder : folderWith(name, dirname(folder))
}
