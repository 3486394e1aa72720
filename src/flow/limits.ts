/**
 * What is kept of connections at most. Reaching one is counted.
 */
export interface FlowLimits {
  /** Connections kept at once. The oldest that is closed is reported and forgotten, else one in turn. */
  maxConnections: number
  /** Segments kept of one connection because they may matter to a state; 65,535 at most. */
  maxEvents: number
  /** Frames remembered of each kind of segment that a connection has many of: retransmissions, … */
  maxExamples: number
  /** Pairs of addresses and ports whose `tcp.stream` is remembered: so many that were used last, and up to twice as many. */
  maxStreams: number
  /** Packets remembered to know them again in another capture of the run: as many, and up to twice as many. */
  maxCopies: number
  /** UDP conversations told apart. */
  maxConversations: number
}

export const FLOW_LIMITS: FlowLimits = {
  maxConnections: 10_000_000,
  maxEvents: 2000,
  maxExamples: 8,
  maxStreams: 1 << 20,
  maxCopies: 500_000,
  maxConversations: 1_000_000,
}
