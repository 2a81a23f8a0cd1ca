import { expect, test } from 'vitest'
import { judgeRecorded, type Unread } from './judge-recorded.ts'

const clean: Unread = { read: 1000, malformed: 0, dropped: 0, damaged: undefined }

function judge(unread: Partial<Unread>, outcome: 'pass' | 'fail' = 'pass') {
  const judged: Parameters<typeof judgeRecorded>[0] = { outcome, conditions: [] }
  return judgeRecorded(judged, { ...clean, ...unread })
}

test('law 7: where more than 1 % of what passed is not in the recording, the outcome is unknown', () => {
  expect(judge({ read: 990, dropped: 6, malformed: 4 })).toEqual({ outcome: 'pass', conditions: [] })
  expect(judge({ read: 989, dropped: 7, malformed: 4 })).toEqual({
    outcome: 'unknown',
    conditions: [
      {
        outcome: 'unknown',
        text: '11 of 1 000 that passed are not in the recording (7 left out by the recorder, 4 malformed): more than 1%',
      },
    ],
  })
  expect(judge({ read: 0 })).toMatchObject({ outcome: 'pass' })
})

test('law 7: a damaged recording is unknown, and a failure stays one', () => {
  expect(judge({ damaged: 'unexpected end of file' }).conditions[0]?.text).toContain('unexpected end of file')
  expect(judge({ dropped: 500 }, 'fail').outcome).toBe('fail')
})
