import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { type BuiltWorker, buildWorker } from './built-worker.ts'

/** What one piece of the sync came to, in a process of its own. */
export interface Run {
  readonly tookMs: number
  readonly cpuMs: number
  readonly rssMiB: number
  readonly copied: number
  readonly quarantined: number
  /** What the piece itself answered. */
  readonly came: unknown
}

/** The databases of a piece. */
export interface Places {
  readonly legacy: string
  readonly service: string
}

/** Flags for the child's Node, such as `--cpu-prof`. */
export type NodeFlags = readonly string[]

/** A piece that goes on until it is told to end. */
export interface RunningPiece {
  /** Ends it, if it has not ended, and gives what it came to. */
  end(): Promise<Run>
}

/** Runs one piece of the sync in a child process; throws with the last words of a child that failed. */
export async function runPiece(piece: string, places: Places, flags: NodeFlags): Promise<Run> {
  return await startPiece(piece, places, flags).ended
}

/** Starts a piece; it is told to end by the end of its standard input. */
export function startPiece(
  piece: string,
  { legacy, service }: Places,
  flags: NodeFlags,
): RunningPiece & { readonly ended: Promise<Run> } {
  const child = spawn(process.execPath, [...flags, builtWorker().file, piece, legacy, service], { stdio: 'pipe' })
  const collect = async (): Promise<Run> => {
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    if (code !== 0) throw new Error(err)
    return JSON.parse(out) as Run
  }
  const ended = collect()
  ended.catch(() => undefined) // It is told to whoever asks for the end.
  return {
    ended,
    end: () => {
      child.stdin.end()
      return ended
    },
  }
}

let built: BuiltWorker | undefined

function builtWorker(): BuiltWorker {
  if (built === undefined) {
    built = buildWorker()
    process.once('exit', built.remove)
  }
  return built
}
