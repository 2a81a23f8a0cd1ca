import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import type { AskWorker } from './ask-worker.ts'
import { mergeLines } from './merge/merge-recording.ts'
import { buildStreams } from './streams.ts'
import type { WorkerProcess } from './worker-process.ts'

test('a worker that joins while a stream begins in the others writes it, too', async () => {
  const workers = ['first'].map(workerAt)
  const asked: string[] = []
  const client = {
    stream: async (address: string) => {
      asked.push(address)
      // While the first one is asked, the second one has its place: it was told of all streams, and of none of this one.
      if (workers.length === 1) workers.push(workerAt('second'))
      return Object.assign(new IncomingMessage(new Socket()), { statusCode: 200 })
    },
  } as unknown as AskWorker
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  const over = buildStreams(() => [...workers], client).begin(response, '/tap', { body: {}, merge: mergeLines() })
  await expect.poll(() => asked).toEqual(['first', 'second'])
  response.destroy()
  response.emit('close')
  await over
})

function workerAt(address: string): WorkerProcess {
  return { adminAddress: () => address } as WorkerProcess
}
