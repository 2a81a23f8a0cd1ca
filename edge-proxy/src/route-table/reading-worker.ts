import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { messageOf } from '@banyan/toolkit/base'
import { packRouteTable, parseRouteTable, type RouteTable, writeOwner } from '@banyan/toolkit/routing'
import type { ReadingJob, ReadingResult } from './reading-messages.ts'

/** The thread in which large route tables are read, so that it costs no request its time. */
const port = parentPort
if (port === null) throw new Error('the reading worker is started by an edge')

// Where a machine has one core to give, whoever serves goes before whoever reads. Linux means the calling thread, others the process.
if (process.platform === 'linux') setPriority(10)

port.on('message', (job: ReadingJob) => {
  void resultOf(job).then(
    (result) => port.postMessage(result, buffersOf(result)),
    (error: unknown) => port.postMessage({ kind: 'failed', number: job.number, why: messageOf(error) }),
  )
})

async function resultOf(job: ReadingJob): Promise<ReadingResult> {
  const { number } = job
  if (job.kind === 'write-owner') {
    const { table, edited } = await writeOwner(job.file, job.move)
    return tableOf(table, { number, edited })
  }
  const parsed = parseRouteTable(job.text, job.file)
  if (!parsed.ok) return { kind: 'problems', number, problems: parsed.problems }
  return tableOf(parsed.table, { number, edited: false })
}

function tableOf(table: RouteTable, about: { readonly number: number; readonly edited: boolean }): ReadingResult {
  return { kind: 'table', ...about, packed: packRouteTable(table) }
}

function buffersOf(result: ReadingResult): readonly ArrayBuffer[] {
  return result.kind === 'table' ? [result.packed.head, ...result.packed.steps].map(({ buffer }) => buffer) : []
}
