/**
 * Why a capture program could not capture, read from what it said.
 */
import { SourceError } from '../source-error.ts'
import type { CaptureRequest, Engine } from './engine.ts'

/** In the words of libpcap, tcpdump, dumpcap and cap. */
const REASONS: readonly [pattern: RegExp, code: string, says: (request: CaptureRequest) => string][] = [
  [/not installed|Cannot find module/i, 'ENOENT', () => 'not installed'],
  [/permission|not permitted|Access is denied/i, 'EPERM', () => 'no permission to capture'],
  [
    /no such device|no device named|isn't a valid interface|is not up|network is down|disappeared/i,
    'ENODEV',
    ({ interface: name }) => `no interface ${name} that is up`,
  ],
  [/filter expression|capture filter|syntax error/i, 'EFILTER', ({ filter }) => `not a capture filter: ${filter}`],
]

/** `cause` has what the program said, or is what starting it threw. */
export function engineError(engine: Engine, request: CaptureRequest, cause: Error): SourceError {
  if ('code' in cause && cause.code === 'ENOENT') return new SourceError('ENOENT', 0, `${engine.name}: not installed`)
  const found = REASONS.find(([pattern]) => pattern.test(cause.message))
  if (found !== undefined) return new SourceError(found[1], 0, `${engine.name}: ${found[2](request)}`)
  const lines = cause.message.split('\n').filter((line) => line.trim() !== '')
  return new SourceError('EENGINE', 0, `${engine.name}: ${lines.slice(-2).join('; ') || 'ended without a word'}`)
}
