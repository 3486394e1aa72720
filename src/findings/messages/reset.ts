/**
 * Sentences about RSTs.
 */
import type { Values } from '../finding.ts'
import { counted, hex16, ifFrame, type Message, seconds, type Value } from './words.ts'

export const RESET = {
  'connection-reset': {
    meaning:
      'A RST ended the connection: an abort by SO_LINGER 0, close() with unread data, a timer that gave up, or a socket that no longer exists.',
    sentence: connectionReset,
  },
  'reset-after-close': {
    meaning:
      'Something arrived at a side that had closed: its kernel answers by a RST. Data are lost with it; a late FIN says that the kernel had given up waiting for it.',
    sentence: ({ by, target, state, triggerFrame, bytes }) =>
      Number(bytes) > 0
        ? `The ${by} had called close() (it was in ${state}): the ${counted(bytes, 'byte')} that the ${target} still sent in frame ${triggerFrame} are lost, and answered by a RST.`
        : `The ${by} had closed and forgotten the connection (it was in ${state} before): frame ${triggerFrame} of the ${target} came too late, and was answered by a RST.`,
  },
  'half-open-peer': {
    meaning:
      'A side answered a segment of the connection by the RST of a host that does not know it: it crashed, rebooted, or was reset out of sight.',
    sentence: ({ by, target, triggerFrame }) =>
      `The ${by} answered frame ${triggerFrame} by the RST of a host that does not know the connection: it crashed, rebooted, or lost it out of sight, while the ${target} still believed in it.`,
  },
  'reset-challenged': {
    meaning:
      'A RST inside the window but not exactly at RCV.NXT: the target answers with a challenge ACK and lives on. Forged, or reordered.',
    sentence: ({ by, target, offset, answerFrame, more: again }) =>
      `A RST in the ${by}'s name stands inside the window, ${counted(offset, 'byte')} beyond the sequence number that the ${target} expects, and changed nothing: forged, or overtaken by data. ${ifFrame(answerFrame, (frame) => `The ${target} asked back by the challenge ACK in frame ${frame}`) || `The challenge ACK that the ${target} owes is not in the capture`}.${more(again)}`,
  },
  'reset-ignored': {
    meaning: 'A RST outside the window: the target ignores it. Forged, or of an older connection.',
    sentence: resetIgnored,
  },
  'reset-by-middlebox': {
    meaning:
      'A RST in the name of a side that did not send it: it travelled another number of hops, counts its packets otherwise, or that side goes on as if nothing had been. Something in between (firewall, load balancer, attacker) sent it.',
    sentence: resetByMiddlebox,
  },
  'reset-not-received': {
    meaning:
      'A RST whose target had stopped answering long before, or goes on as if it had not come: it was lost, and that side still believes in the connection.',
    sentence: ({ by, target, isSilent, targetFrame }) =>
      `The ${by}'s RST probably never arrived, and the ${target} still believes in the connection: ${isSilent ? 'it had stopped answering before' : `it goes on in frame ${targetFrame}`}.`,
  },
} satisfies Record<string, Message>

function connectionReset(values: Values): string {
  const { by, target, state } = values
  if (values.reason === 'no-socket') {
    const why = ifFrame(values.earlierFrame, (frame) => `the RST in frame ${frame} had ended it there`)
    return `The ${by} answered ${ifFrame(values.triggerFrame, (frame) => `frame ${frame}`) || `the ${target}`} by a RST: it has no socket for the connection any more${why && `, ${why}`}. ${consequence(values)}`.trim()
  }
  return `The ${by} reset the connection in ${state}: ${reason(values)}. ${consequence(values)}`.trim()
}

function reason({ reason: why, target, count, by }: Values): string {
  switch (why) {
    case 'keep-alive':
      return `its ${counted(count, 'keep-alive probe was', 'keep-alive probes were')} not answered`
    case 'unanswered':
      return `the ${target} had stopped answering`
    case 'no-data':
      return `close() with SO_LINGER 0, for the ${target} had sent nothing that could be unread`
    case 'arriving':
      return `its program closed the socket while ${counted(count, 'byte')} of the ${target} ${Number(count) === 1 ? 'was' : 'were'} still arriving`
    case 'read':
      return `close() with SO_LINGER 0 (the ${by} had answered the ${target}'s last data), or with data that came in between unread`
    default:
      return `close() with the ${target}'s last data unread, or with SO_LINGER 0`
  }
}

/** What the program of the other side sees; nothing when it has closed, or nothing shows that the RST arrived. */
function consequence({ target, targetState }: Values): string {
  switch (targetState) {
    case 'CLOSE-WAIT':
      return `The ${target}'s next write() fails with EPIPE.`
    case 'FIN-WAIT-1':
    case 'FIN-WAIT-2':
      return `If the ${target}'s program still reads, read() fails with ECONNRESET.`
    case 'ESTABLISHED':
    case 'SYN-RECEIVED':
      return `The ${target}'s next call fails with ECONNRESET.`
    default:
      return ''
  }
}

function resetIgnored({ by, target, offset, isOpening, targetFrame, more: again }: Values): string {
  const place = isOpening
    ? `does not acknowledge the ${target}'s SYN`
    : `stands outside the window${offset === '' ? '' : `, ${counted(Math.abs(Number(offset)), 'byte')} ${Number(offset) < 0 ? 'before' : 'beyond'} what the ${target} expects`}`
  return `A RST in the ${by}'s name ${place}, and was ignored: forged, or late${ifFrame(targetFrame, (frame) => `. The ${target} goes on in frame ${frame}`)}.${more(again)}`
}

function resetByMiddlebox(values: Values): string {
  const { by, target, ttl, usualTtls, ipId, lastIpId, senderFrame, targetFrame, targetState, isIpv6 } = values
  const evidence = [
    ttl === undefined
      ? ''
      : `its ${isIpv6 ? 'hop limit' : 'TTL'} is ${ttl}, the ${by}'s other segments have ${usualTtls}`,
    ipId === undefined ? '' : `its IP identification is ${hex16(ipId)}, the ${by} counts on from ${hex16(lastIpId)}`,
    ifFrame(senderFrame, (frame) => `the ${by} goes on in frame ${frame}`),
    ifFrame(targetFrame, (frame) => `the ${target} goes on in frame ${frame}`),
  ].filter((text) => text !== '')
  return `The RST in the ${by}'s name did not come from the ${by}: ${evidence.join('; ')}. A firewall, a load balancer or an attacker in between sent it.${effectOnTarget(target, targetState)}${more(values.more)}`
}

/** RSTs of the same finding, which share its sentence. */
function more(again: Value): string {
  return again ? ` ${counted(again, 'more RST')} like it followed.` : ''
}

function effectOnTarget(target: Value, state: Value): string {
  if (!state) return ''
  return state === 'TIME-WAIT'
    ? ` It ended the ${target}'s TIME-WAIT.`
    : ` The ${target} took it, and lost the connection.`
}

export const TIME_WAIT = {
  'time-wait-restarted': {
    meaning: 'A re-sent FIN met TIME-WAIT, which acknowledged it and started its 2MSL again: TIME-WAIT doing its job.',
    sentence: ({ side, count, seconds: s }) =>
      `${Number(count) === 1 ? 'A FIN sent again' : `${counted(count, 'FIN')} sent again`} restarted the ${side}'s TIME-WAIT, which now ends ${seconds(s)} after it began: it is doing its job.`,
  },
  'time-wait-reused': {
    meaning:
      'A new SYN took the 4-tuple over while TIME-WAIT held it, as RFC 6191 allows: its timestamp or its sequence number is beyond those of the old connection.',
    sentence: (values) =>
      values.isOwn
        ? `The ${values.side} connected again from the port that it held in TIME-WAIT, ${seconds(values.seconds)} after that began: on Linux tcp_tw_reuse allows it.`
        : `A new connection took over the addresses and ports, ${seconds(values.seconds)} into the ${values.side}'s TIME-WAIT: ${judgement(values)} (RFC 6191 case ${values.case}).`,
  },
  'time-wait-reuse-refused': {
    meaning:
      'A new SYN met TIME-WAIT and was not accepted: ACK, RST, and the SYN again. The user waits a second and more.',
    sentence: (values) =>
      `The ${values.side}'s TIME-WAIT did not take the new SYN in frame ${values.synFrame}: ${judgement(values)} (RFC 6191 case ${values.case}). It answered with the ACK in frame ${values.answerFrame}${ifFrame(values.resetFrame, (frame) => `, and the RST in frame ${frame} that this drew ended TIME-WAIT`)}. How long that took: see the next connection.`,
  },
  'time-wait-assassinated': {
    meaning:
      'A RST ended TIME-WAIT early: an old duplicate made it send an ACK that the closed peer refused. Old segments can now reach a new connection.',
    sentence: ({ side, triggerFrame, ackFrame, resetFrame, leftSeconds }) =>
      `An old segment, frame ${triggerFrame}, made the ${side}'s TIME-WAIT send the ACK in frame ${ackFrame}, and the RST in frame ${resetFrame} that refused it ended TIME-WAIT ${seconds(leftSeconds)} early (assassination). With net.ipv4.tcp_rfc1337=1 Linux ignores such a RST.`,
  },
  'reset-in-time-wait': {
    meaning:
      'A RST that nothing of TIME-WAIT drew ended it early: the peer sent it after both had closed, as browsers and some stacks do to free their ports. Usually harmless.',
    sentence: ({ side, by, leftSeconds }) =>
      by === side
        ? `The ${side} itself sent a RST and left TIME-WAIT ${seconds(leftSeconds)} early.`
        : `The ${by} sent a RST after both sides had closed, which ends the ${side}'s TIME-WAIT ${seconds(leftSeconds)} early (Linux ignores it with net.ipv4.tcp_rfc1337=1).`,
  },
} satisfies Record<string, Message>

/** What decided about the SYN: timestamps, else sequence numbers (RFC 6191 §2). */
function judgement({ case: rule, oldTimestamp, newTimestamp, oldSeq, newSeq }: Values): string {
  const seq = `its sequence number ${newSeq} is ${rule === 'A4' || rule === 'B3' ? 'not ' : ''}beyond ${oldSeq}, the last of the old connection`
  switch (rule) {
    case 'A1':
      return `its timestamp ${newTimestamp} is later than ${oldTimestamp}, the last of the old connection`
    case 'A2':
      return `its timestamp ${newTimestamp} repeats the last of the old connection, but its sequence number ${newSeq} is beyond ${oldSeq}, the last one`
    case 'A3':
      return `it has no timestamp, but ${seq}`
    case 'A4':
      return newTimestamp === ''
        ? `it has no timestamp, and ${seq}`
        : `its timestamp ${newTimestamp} is not later than ${oldTimestamp}, the last of the old connection`
    case 'B1':
      return 'it has a timestamp, and the old connection had none'
    default:
      return seq
  }
}
