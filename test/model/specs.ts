/**
 * Random specs for fast-check, which draws them, and makes the ones that fail smaller. One kind for each sight that a
 * tap can have (`sight.ts`), because a tap can know more with one than with the other. A world may turn out to be seen
 * better than its kind asks for, or worse.
 */
import fc, { type Arbitrary } from 'fast-check'
import type { Habits } from './endpoint.ts'
import type { Sight } from './sight.ts'
import type { ActionSpec, ApplicationSpec, ConnectionSpec, FateSpec, HostSpec, NetworkSpec, TapSpec } from './spec.ts'

const habits: Arbitrary<Habits> = fc.record({
  rtoUs: fc.constantFrom(200_000, 300_000, 1_000_000),
  retries: fc.constantFrom(5, 3, 8),
  delayedAckUs: fc.constantFrom(0, 40_000),
  delaysAckOfFin: fc.boolean(),
  takesAckOutOfOrder: fc.boolean(),
  abortsWithAck: fc.boolean(),
  finWait2Us: fc.constantFrom(60_000_000, 0, 5_000_000),
  keepAliveUs: fc.constantFrom(0, 0, 0, 30_000_000),
  mss: fc.constantFrom(1460, 500),
})

/** Moments of calls: close together, so that they cross, and now and then far apart. */
const moment = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 300 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 5000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 150_000 }) },
)

const CALLS: readonly (readonly [weight: number, call: ActionSpec['call'], least: number, most: number])[] = [
  [8, 'write', 1, 3000],
  [6, 'close', 0, 0],
  [3, 'shutdown', 0, 0],
  [2, 'abort', 0, 0],
  [1, 'stop-reading', 0, 0],
  [1, 'crash', 1000, 4000],
  [2, 'connect', 0, 0],
]

const action: Arbitrary<ActionSpec> = fc.oneof(
  ...CALLS.map(([weight, call, min, max]) => ({
    weight,
    arbitrary: fc.record({ ms: moment, call: fc.constant(call), amount: fc.integer({ min, max }) }),
  })),
)

const application: Arbitrary<ApplicationSpec> = fc.record({
  actions: fc.array(action, { maxLength: 5 }),
  reply: fc.constantFrom(0, 1, 300),
  atEnd: fc.constantFrom('close', 'close', 'close', 'nothing', 'abort'),
  atEndMs: fc.constantFrom(0, 0, 20, 500, 70_000),
})

function host(...opens: HostSpec['opens'][]): Arbitrary<HostSpec> {
  return fc.record({
    opens: fc.constantFrom(...opens),
    openMs: fc.integer({ min: 0, max: 60 }),
    habits,
    application,
  })
}

const peer = host('listen', 'listen', 'listen', 'listen', 'connect', 'refuse', 'silent')

const delayMs = fc.integer({ min: 1, max: 90 })

function fate(isBehindTap: Arbitrary<boolean>): Arbitrary<FateSpec> {
  return fc.record({
    nth: fc.integer({ min: 0, max: 25 }),
    fate: fc.constantFrom('lose', 'lose', 'delay', 'duplicate'),
    isBehindTap,
    extraMs: fc.integer({ min: 1, max: 400 }),
  })
}

const delays = fc.tuple(delayMs, delayMs)

const faithful: Arbitrary<NetworkSpec> = fc.record({
  delayMs: delays,
  isOrdered: fc.constant(true),
  fates: fc.constant([]),
})

function lossy(isBehindTap: Arbitrary<boolean>): Arbitrary<NetworkSpec> {
  return fc.record({ delayMs: delays, isOrdered: fc.boolean(), fates: fc.array(fate(isBehindTap), { maxLength: 5 }) })
}

const position = fc.constantFrom(0.5, 0, 1, 0.25)

const twice = fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 2 })

const completeTap: Arbitrary<TapSpec> = fc.record({
  position,
  sees: fc.constant('both'),
  fromMs: fc.constant(0),
  misses: fc.constant([]),
  twice,
})

const partialTap: Arbitrary<TapSpec> = fc.record({
  position,
  sees: fc.constantFrom('both', 'from 0', 'from 1'),
  fromMs: fc.constantFrom(0, 50, 200, 700),
  misses: fc.constant([]),
  twice,
})

const anyTap: Arbitrary<TapSpec> = fc.record({
  position,
  sees: fc.constantFrom('both', 'both', 'both', 'from 0', 'from 1'),
  fromMs: fc.constantFrom(0, 0, 0, 50, 200),
  misses: fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 3 }),
  twice,
})

const BEHIND = fc.constant(true)

const WORLDS: Record<Sight, readonly [Arbitrary<NetworkSpec>, Arbitrary<TapSpec>]> = {
  faithful: [faithful, completeTap],
  complete: [lossy(BEHIND), completeTap],
  partial: [lossy(BEHIND), partialTap],
  any: [lossy(fc.boolean()), anyTap],
}

export function connections(sight: Sight): Arbitrary<ConnectionSpec> {
  const [network, tap] = WORLDS[sight]
  const drawn: Arbitrary<ConnectionSpec> = fc.record({
    seed: fc.nat(),
    hosts: fc.tuple(host('connect'), peer),
    network,
    tap,
  })
  return drawn.map((spec) => (spec.network.isOrdered ? spec : { ...spec, hosts: holding(spec.hosts) }))
}

/**
 * Where segments overtake each other behind the tap, nothing shows whether a host took an ACK before the FIN that was
 * sent first, so no host does there.
 */
function holding([first, second]: ConnectionSpec['hosts']): ConnectionSpec['hosts'] {
  const hold = (spec: HostSpec): HostSpec => ({ ...spec, habits: { ...spec.habits, takesAckOutOfOrder: false } })
  return [hold(first), hold(second)]
}
