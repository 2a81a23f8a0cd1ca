import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readLessons } from '../scripts/lessons.ts'
import { solveLesson } from '../scripts/solve-lesson.ts'
import { startWorkshopDemo } from '../scripts/workshop-demo.ts'

test('each check of the workshop fails before its solution and passes after it', { timeout: 90_000 }, async () => {
  const demo = await startWorkshopDemo(mkdtempSync(path.join(tmpdir(), 'banyan-workshop-')))
  try {
    for (const lesson of await readLessons()) {
      expect(await lesson.check(demo), `${lesson.name} before`).toMatchObject({ reached: false })
      expect(await solveLesson(demo, lesson, () => {}), `${lesson.name} after`).toMatchObject({ reached: true })
      expect(lesson.goal && lesson.hint && lesson.story, `${lesson.name} has all its parts`).toBeTruthy()
    }
  } finally {
    await demo.stop()
  }
})
