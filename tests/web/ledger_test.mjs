// Records of oversight in the browser: the committee secretary and the service desk.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Hand, openBrowser, openPage, shot, signIn, sound, visit } from './support/browser.mjs'
import { Portal } from './support/node.mjs'

let portal, browser
before(async () => {
  portal = await Portal.start()
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await portal?.stop()
})

test('the desk raises an incident, answers the questions of the category helper, and reads the category with its reason', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'desk')
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Incidents' }).click()
  const curl = page.getByRole('contentinfo').getByText('/api/v1/ledger/incident')
  await curl.waitFor()   // also of a page that one has come to from another
  assert.match(await curl.innerText(), /^curl -H "Authorization: Bearer \$TOKEN" 'http/)
  await page.getByRole('link', { name: 'New incident' }).click()
  await page.getByLabel('Title', { exact: true }).fill('Installs fail in the North')
  await page.getByLabel('Raised').fill('2026-11-01T08:00:00Z')
  await page.getByLabel('Description').fill('Hubs do not join')
  await page.getByRole('button', { name: 'Make it' }).click()
  await page.getByRole('heading', { level: 1, name: /Installs fail in the North/ }).waitFor()
  await page.getByRole('button', { name: 'Categorise' }).click()
  for (const question of ['Install commission', 'Prepay', 'Change of supplier', 'Reads', 'Alerts', 'Workaround', 'Financial loss']) {
    const choice = question === 'Install commission' ? 'degraded' : 'none'
    await page.getByRole('group', { name: question }).getByLabel(choice, { exact: true }).check()
  }
  await page.getByLabel('Users affected').fill('4')
  await page.getByLabel('Estate share').fill('1')
  await page.getByRole('group', { name: 'Data loss' }).getByLabel('no', { exact: true }).check()
  await page.getByRole('region', { name: 'What can be done' }).getByRole('button', { name: 'Categorise' }).last().click()
  await page.getByRole('term').filter({ hasText: /^Rationale$/ }).waitFor()
  await sound(page, 'an incident')
  await shot(page, 'incident')
  assert.match(await page.locator('main').innerText(), /Proposed category/)
})

test('the secretary sets up a committee by keyboard alone', async () => {
  const page = await openPage(browser, portal, { keyboard: true })
  const hand = new Hand(page, 'keyboard')
  await hand.signIn(portal, 'secretary', '/ledger/committee')
  await hand.click(page.getByRole('link', { name: 'New committee' }))
  await hand.type(page.getByLabel('Code'), 'OPSG')
  await hand.type(page.getByLabel('Name', { exact: true }), 'Operations Group')
  await hand.click(page.getByRole('button', { name: 'Make it' }))
  await page.getByRole('heading', { level: 1, name: /Operations Group/ }).waitFor()
  await sound(page, 'a committee')
})

test('what is missing is named at its field, and nothing is sent', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'secretary', '/ledger/action/new')
  await page.getByRole('button', { name: 'Make it' }).click()
  await page.getByRole('alert').getByRole('link', { name: 'Enter owner' }).click()
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'field-owner')
  await sound(page, 'a form with errors')
})

test('whoever is not signed in sees what is public, and why the rest is not there', async () => {
  const page = await openPage(browser, portal)
  await visit(page, '/ledger/incident')
  assert.match(await page.locator('main').innerText(), /No data|Not permitted/)
  await visit(page, '/figures/cpm1')
  assert.match(await page.locator('main').innerText(), /Not permitted/)
  await sound(page, 'a page that is not for the public')
})
