/**
 * `finwait live`: the analysis of an interface while it happens, and the report at the end.
 *
 * Next: request.ts, what to capture; live-session.ts, the run; then src/live/.
 */
import { FINDING_CODES } from '../../findings/catalogue.ts'
import { parseFilter } from '../filter.ts'
import { interfaces } from '../interfaces.ts'
import type { ProcessLike } from '../process.ts'
import type { LiveOptions } from './live-options.ts'
import { LiveSession } from './live-session.ts'
import { programFor, requestOf } from './request.ts'

/**
 * @returns the exit code
 * @throws UsageError
 */
export async function live(process: ProcessLike, options: LiveOptions): Promise<number> {
  if (options.listInterfaces) return interfaces(process)
  const isWanted = parseFilter(options.filter ?? [], FINDING_CODES)
  const request = await requestOf(options, process.env)
  const chosen = await programFor(options, request)
  const session = new LiveSession(process, options, isWanted, request)
  await session.run(chosen)
  return session.end()
}
