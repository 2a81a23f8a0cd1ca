import { messageOf } from '@banyan/toolkit/base'
import { buildRedactor, buildVaultSealer, type Redact, type VaultSealer } from '@banyan/toolkit/traffic'
import { framesIn } from './recording-frame.ts'
import type { FromRecordingThread, RecordedBatch, RedactionSettings, ToRecordingThread } from './recording-messages.ts'
import { openStandingFiles, type StandingSink } from './standing-files.ts'

/** What happens in the recording thread: exchanges come in with their secrets, and leave without. */
export interface RecordingRoom {
  take(message: ToRecordingThread): void
}

/** Somebody's recording, as the thread knows it. */
interface Taker {
  readonly sealer: VaultSealer | undefined
  readonly sink: StandingSink | undefined
  lines: Buffer[]
  exchanges: number
  dropped: number
}

/** Builds a room without recorders. `redactionKey` is behind the tokens. */
export function buildRecordingRoom(redactionKey: Buffer, say: (message: FromRecordingThread) => void): RecordingRoom {
  const takers = new Map<number, Taker>()
  const revealed = new Map<string, string>()
  const redactorOf = ({ rules, maxBodyBytes }: RedactionSettings) =>
    buildRedactor({
      key: redactionKey,
      rules,
      maxBodyBytes,
      onToken: (token, value) => void revealed.set(token, value),
    })
  let redact = redactorOf({ rules: {}, maxBodyBytes: 65_536 })
  return {
    take: (message) => {
      switch (message.kind) {
        case 'redact':
          redact = redactorOf(message.settings)
          break
        case 'stream':
          takers.set(message.recorder, streamTaker(message.vaultKey))
          break
        case 'store': {
          const { recorder, files, header } = message
          const failed = (thrown: unknown) => say({ kind: 'failed', recorder, why: messageOf(thrown) })
          const sink = openStandingFiles(files, { ...header, redaction: { keyId: redact.keyId } }, failed)
          takers.set(recorder, { ...streamTaker(undefined), sink })
          break
        }
        case 'frames':
          redactBatch(message.bytes, { redact, takers, revealed })
          say({ kind: 'done', bytes: message.bytes.byteLength, results: [...takers].flatMap(resultOf) })
          break
        case 'end':
          void end(message, takers, say)
          break
        default: {
          const never: never = message
          throw new Error(`an unknown message: ${JSON.stringify(never)}`)
        }
      }
    },
  }
}

function streamTaker(vaultKey: Uint8Array | undefined): Taker {
  if (vaultKey === undefined) return { sealer: undefined, sink: undefined, lines: [], exchanges: 0, dropped: 0 }
  const sealer = buildVaultSealer(Buffer.from(vaultKey))
  return { sealer, sink: undefined, lines: [vaultLine(sealer.header)], exchanges: 0, dropped: 0 }
}

interface Redacting {
  readonly redact: Redact
  readonly takers: ReadonlyMap<number, Taker>
  /** Filled while an exchange is redacted. */
  readonly revealed: Map<string, string>
}

function redactBatch(batch: Uint8Array, { redact, takers, revealed }: Redacting): void {
  for (const { to, raw } of framesIn(batch)) {
    const wanted = to.flatMap((recorder) => takers.get(recorder) ?? [])
    revealed.clear()
    try {
      const line = Buffer.from(`${JSON.stringify(redact(raw))}\n`)
      for (const taker of wanted) give(taker, line, revealed)
    } catch {
      // What cannot be redacted is not stored (law 8), counted, and nobody's failure.
      for (const taker of wanted) taker.dropped += 1
    }
  }
}

function give(taker: Taker, line: Buffer, revealed: ReadonlyMap<string, string>): void {
  if (taker.sink !== undefined && !taker.sink.offer(line, revealed)) {
    taker.dropped += 1
    return
  }
  taker.exchanges += 1
  if (taker.sink !== undefined) return
  if (taker.sealer !== undefined) for (const [token, value] of revealed) taker.sealer.note(token, value)
  const sealed = taker.sealer?.take()
  // Before the exchange: whoever has its tokens has what is behind them.
  if (sealed !== undefined) taker.lines.push(vaultLine(sealed))
  taker.lines.push(line)
}

/** Sealed values travel beside the exchanges, as a line that is none. */
function vaultLine(sealed: string): Buffer {
  return Buffer.from(`${JSON.stringify({ vault: sealed })}\n`)
}

function resultOf([recorder, taker]: [number, Taker]): readonly RecordedBatch[] {
  const { exchanges, dropped, lines } = taker
  if (exchanges + dropped + lines.length === 0) return []
  taker.exchanges = 0
  taker.dropped = 0
  taker.lines = []
  return [{ recorder, exchanges, dropped, lines: lines.length === 0 ? undefined : Buffer.concat(lines) }]
}

async function end(
  { recorder, dropped }: { readonly recorder: number; readonly dropped: number },
  takers: Map<number, Taker>,
  say: (message: FromRecordingThread) => void,
): Promise<void> {
  const taker = takers.get(recorder)
  takers.delete(recorder)
  await taker?.sink?.close(dropped)
  say({ kind: 'ended', recorder })
}
