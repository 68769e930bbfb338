// A threshold is written in the page, tried, signed by an officer, brought, tripped, and what it holds is let go by two people.
import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openBrowser, openPage, settled, shot, signIn, sound, visit } from './support/browser.mjs'
import { Portal, sleep } from './support/node.mjs'
import { Officers } from './support/officers.mjs'

let portal, browser, officers, meter
before(async () => {
  portal = await Portal.start({ anna: ['supplier', ['aro'], 'Green'], bob: ['supplier', ['sro'], 'Green'] })
  browser = await openBrowser()
  officers = await Officers.appoint(portal, ['anna', 'bob'])
  meter = (await portal.api('operator', 'GET', '/devices?limit=200')).json.devices.find((one) => one.type === 'ESME' && one.details.ImportMPxN).eui
})
after(async () => {
  await browser?.close()
  await portal?.stop()
})

test('set, tripped, and released by two people, each of whom sees what it lets go', async () => {
  const anna = await openPage(browser, portal)
  await signIn(anna, portal, 'anna', '/anomaly/new')
  await anna.getByRole('button', { name: /^Preview/ }).click()
  await anna.getByRole('alert').getByRole('link', { name: /service such as/ }).waitFor()
  await sound(anna, 'a form with errors')
  await anna.getByLabel('Reference of').fill('SMR-1')
  await anna.getByLabel('Service variant').fill('4.1.1')
  await anna.getByLabel('Hold above').fill('1')
  await anna.getByRole('button', { name: /^Preview/ }).click()
  await anna.getByRole('region', { name: 'Preview', exact: true }).waitFor()
  assert.match(await anna.getByRole('region', { name: 'Preview', exact: true }).innerText(), /would have been held/)
  await sound(anna, 'a preview')
  await shot(anna, 'anomaly_preview')
  const [download] = await Promise.all([anna.waitForEvent('download'), anna.getByRole('button', { name: 'Save the file' }).click()])
  const file = join(portal.folder, 'SMR-1.csv')
  copyFileSync(await download.path(), file)
  const signature = officers.sign(file)
  await anna.getByLabel('The file (CSV)').setInputFiles(file)
  await anna.getByLabel('Its signature (.p7s)').setInputFiles(signature)
  await anna.getByRole('button', { name: 'Bring it' }).click()
  await anna.getByRole('heading', { name: 'Receipt' }).waitFor()
  await visit(anna, '/anomaly')
  assert.match(await anna.locator('main').innerText(), /in effect/)
  await sound(anna, 'thresholds')
  await shot(anna, 'anomaly')

  for (let n = 0; n < 3; ++n) {
    portal.meterway('send', '4.1.1', '--to', meter, '--data', portal.data, '--no-wait')
    await sleep(50)
  }
  await visit(anna, '/quarantine')
  const requests = anna.getByRole('region', { name: 'Requests', exact: true })
  await requests.waitFor()
  assert.equal(await requests.locator('tbody tr').count(), 2)
  for (const box of await requests.getByRole('checkbox').all()) await box.check()
  await anna.getByRole('button', { name: 'Release 2' }).click()
  assert.match(await anna.getByRole('group', { name: /go on to their devices/ }).innerText(), /2 requests to 1 device,/)
  await sound(anna, 'before a release')
  await shot(anna, 'quarantine')
  await anna.getByRole('button', { name: 'Confirm: release 2' }).click()
  await anna.getByText(/you asked to release/).first().waitFor()

  const bob = await openPage(browser, portal)
  await signIn(bob, portal, 'bob', '/quarantine')
  await bob.getByRole('button', { name: 'Choose the 2 that another has asked for' }).click()
  await bob.getByRole('button', { name: 'Release 2' }).click()
  assert.match(await bob.getByRole('group', { name: /go on to their devices/ }).innerText(), /another person has asked already/)
  await bob.getByRole('button', { name: 'Confirm: release 2' }).click()
  await bob.getByText('No data').or(bob.getByText('Filtered out')).first().waitFor()
  await visit(bob, '/quarantine?state=released')
  assert.match(await bob.locator('main').innerText(), /anna and bob/)
  await sound(bob, 'what was released')
})

test('who has not the job type sees why, and small windows hold every page', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'engineer', '/anomaly')
  assert.match(await page.locator('main').innerText(), /Not permitted[\s\S]*anomaly\.thresholds\.read/)
  const small = await openPage(browser, portal, { width: 360 })
  await signIn(small, portal, 'anna')
  for (const path of ['/anomaly', '/anomaly/new', '/quarantine']) {
    await visit(small, path)
    await settled(small)
    await sound(small, `${path} at 360 px`)
    await shot(small, `${path.slice(1).replace('/', '_')}-360`)
  }
})
