import { type LessonCheck, requestsOf, routeOf } from '../check.ts'

/** A tenth of the callers is served by the service, and both arms have answered. */
export const check: LessonCheck = async (demo) => {
  const route = routeOf(await demo.status(), 'users.read')
  if (route.serve !== '10%') return { reached: false, missing: `users.read serves "${route.serve}", not "10%"` }
  const [legacy, service] = [requestsOf(route, 'legacy'), requestsOf(route, 'service')]
  if (legacy === 0 || service === 0)
    return { reached: false, missing: 'not both arms have answered yet: wait a moment' }
  return { reached: true, saw: `since the edge started, legacy answered ${legacy} requests and the service ${service}` }
}
