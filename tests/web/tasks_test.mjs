// The main tasks of the four people, each done twice: by mouse, and by keyboard alone. Every page on the way is sound (axe, width,
// nothing thrown), and what a task has done is read from the API afterwards, not from the page.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { openBrowser } from './support/browser.mjs'
import { Portal } from './support/node.mjs'
import { Seat } from './support/seat.mjs'
import { desk } from './support/tasks/desk.mjs'
import { network } from './support/tasks/network.mjs'
import { secretary } from './support/tasks/secretary.mjs'
import { supplier } from './support/tasks/supplier.mjs'

const kTasks = [...supplier, ...network, ...desk, ...secretary]
const people = {
  engineer: ['networkOperator', ['party', 'aro'], 'Green'],
  colleague: ['networkOperator', ['sro'], 'Green'],
  planner: ['DCC', ['desk', 'reporter'], 'Green'],
}
let portal, browser
before(async () => {
  // Homes that report a loss of supply after a second, not after three minutes.
  portal = await Portal.start(people, { signer: true, settings: { outage_after_ms: 1000 }, estate: ['--report-ms', '1000', '--spread-ms', '100'] })
  for (const one of kTasks) await one.prepare?.({ portal })
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await portal?.stop()
})

for (const [number, { who, task, steps }] of kTasks.entries()) {
  for (const way of ['mouse', 'keyboard']) {
    test(`${number + 1}. the ${who} ${task}, by ${way}`, async () => {
      const seat = await Seat.take(browser, portal, who, way, { name: `task-${number + 1}` })
      await steps(seat)
      assert.deepEqual(seat.page.faults, [])
      assert.ok(seat.looked > 0, 'its pages were looked at')
      await seat.leave()
    })
  }
}
