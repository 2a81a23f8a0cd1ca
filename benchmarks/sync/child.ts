import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'

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

/** Flags for the child's Node, such as `--cpu-prof`, from BENCH_NODE_FLAGS. */
export type NodeFlags = readonly string[]

/** Runs one piece of the sync in a child process; throws with the last words of a child that failed. */
export async function runPiece(piece: string, { legacy, service }: Places, flags: NodeFlags): Promise<Run> {
  const worker = path.join(import.meta.dirname, 'worker.ts')
  const node = ['--import', 'tsx', '--conditions=banyan-source', ...flags, worker, piece, legacy, service]
  const { stdout } = await promisify(execFile)(process.execPath, node, { maxBuffer: 64 * 2 ** 20 })
  return JSON.parse(stdout) as Run
}
