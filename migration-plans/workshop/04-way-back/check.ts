import { type LessonCheck, routeOf } from '../check.ts'

/** The route is as it was at first, the way there and back is in the journal, and the journal's chain holds. */
export const check: LessonCheck = async (demo) => {
  const route = routeOf(await demo.status(), 'users.read')
  if (route.serve !== 'legacy') return { reached: false, missing: `users.read serves "${route.serve}", not "legacy"` }
  if (route.shadowPercent > 0)
    return { reached: false, missing: `${route.shadowPercent} % of users.read is still shadowed` }
  const journal = await demo.journal()
  if (!journal.intact) return { reached: false, missing: 'the chain of the journal is broken: somebody edited it' }
  if (journal.undone < 1)
    return { reached: false, missing: 'nothing was taken back yet: make the flips of lessons 1 to 3, then undo them' }
  return { reached: true, saw: `${journal.flips} flips and ${journal.undone} undone, chain intact` }
}
