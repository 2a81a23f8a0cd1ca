import { PassThrough } from 'node:stream'
import { systemClock } from '@banyan/toolkit/base'
import { expect, test } from 'vitest'
import { buildStreamRecorder } from './recorder.ts'
import type { ToldToThread } from './recording-messages.ts'

test('a reader that leaves ends its recording in the thread, too, and once', async () => {
  const told: ToldToThread[] = []
  const thread = { send: () => true, tell: (message: ToldToThread) => void told.push(message), close: () => undefined }
  const gone: string[] = []
  const parts = { id: 7, thread, clock: systemClock, gone: () => void gone.push('gone') }
  const sink = new PassThrough()
  const recorder = buildStreamRecorder(parts, {}, sink)
  expect(recorder.wants('users.read', 'ann')).toBe(true)
  sink.destroy()
  await recorder.end()
  expect(told).toEqual([{ kind: 'end', recorder: 7, dropped: 0 }])
  expect([gone, recorder.wants('users.read', 'ann')]).toEqual([['gone'], false])
})
