import { type LessonCheck, routeOf } from '../check.ts'

const wanted = 50

/** Everything is shadowed, enough was compared, and nothing mismatches. */
export const check: LessonCheck = async (demo) => {
  const route = routeOf(await demo.status(), 'users.read')
  if (route.shadowPercent < 100)
    return { reached: false, missing: `${route.shadowPercent} % of users.read is shadowed, not 100 %` }
  const tally = (await demo.tally()).routes.find((one) => one.route === 'users.read')
  const compared = tally?.compared ?? 0
  if (compared < wanted) return { reached: false, missing: `${compared} of ${wanted} pairs compared: wait a moment` }
  const mismatched = tally?.mismatched ?? 0
  if (mismatched > 0) return { reached: false, missing: `${mismatched} of ${compared} pairs mismatch` }
  return { reached: true, saw: `${compared} pairs of answers compared, none mismatches` }
}
