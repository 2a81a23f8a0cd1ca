/** The password of every seeded customer. */
export const demoPassword = 'welcome1'

/** The e-mail address of the seeded shop keeper, customer 1, who may open the back office. */
export const keeperEmail = 'keeper@harbor-and-pine.example'
