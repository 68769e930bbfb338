// Signing in and out, people and roles, the audit: the operator and an auditor.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Hand, openBrowser, openPage, settled, shot, signIn, sound, visit } from './support/browser.mjs'
import { Portal } from './support/node.mjs'

let portal, browser
before(async () => {
  portal = await Portal.start({ auditor: ['DCC', ['auditor'], 'Red'] })
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await portal?.stop()
})

test('who signs in has a cookie that no script reads, and who signs out has none', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'desk', '/ledger/incident?state=open')
  assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, '/ledger/incident?state=open')
  const [cookie] = await page.context().cookies()
  assert.equal(cookie.name, 'meterway_session')
  assert.equal(cookie.httpOnly, true)
  assert.equal(cookie.sameSite, 'Strict')
  assert.equal(await page.evaluate(() => document.cookie), '')
  assert.equal(await page.evaluate((token) => JSON.stringify([localStorage, sessionStorage]).includes(token), portal.tokens.desk), false)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
  assert.deepEqual(await page.context().cookies(), [])
  await sound(page, 'signing in')
  await shot(page, 'sign-in')
})

test('signing in leads nowhere but to a page of the portal', async () => {
  for (const next of ['https://elsewhere.example/', '//elsewhere.example', '/\\elsewhere.example', 'javascript:alert(1)', '\t//elsewhere.example', '/%2f/elsewhere.example/../x']) {
    const page = await openPage(browser, portal)
    await visit(page, `/sign-in?next=${encodeURIComponent(next)}`)
    await page.getByLabel('Token').fill(portal.tokens.desk)
    await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await settled(page)
    assert.equal(new URL(page.url()).origin, portal.url, next)
    assert.deepEqual(page.faults, [], next)
    await page.context().close()
  }
})

test('a wrong token is told at its field', async () => {
  const page = await openPage(browser, portal)
  await visit(page, '/sign-in')
  await page.getByLabel('Token').fill('guess')
  await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('alert').getByText('This token is nobody’s').waitFor()
  await sound(page, 'a wrong token')
})

for (const way of ['mouse', 'keyboard']) {
  test(`the operator makes a person, gives a token that opens the portal, and takes it back, by ${way}`, async () => {
    const page = await openPage(browser, portal, { keyboard: way === 'keyboard' })
    const hand = new Hand(page, way)
    const id = `anna.${way}`, name = '<img src=x onerror=alert(1)>'
    await hand.signIn(portal, 'operator', '/people')
    await hand.click(page.getByRole('link', { name: 'New person' }))
    await hand.type(page.getByLabel('Id', { exact: true }), id)
    await hand.type(page.getByLabel('Name (optional)'), name)
    await hand.type(page.getByLabel('Party'), 'supplier')
    await hand.check(page.getByLabel(/^party:/))
    await hand.click(page.getByRole('button', { name: 'Make it' }))
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await hand.click(page.getByRole('button', { name: 'New token' }))
    portal.tokens[id] = (await page.getByRole('status').locator('code').innerText()).trim()
    await sound(page, 'a person with a new token')
    await shot(page, 'person')

    const hers = await openPage(browser, portal)
    await signIn(hers, portal, id)
    await hand.click(page.getByRole('button', { name: /^Take back/ }))
    await hand.click(page.getByRole('button', { name: /^Confirm: take back/ }))
    await page.getByRole('region', { name: 'Tokens' }).getByText('No data').waitFor()
    // Her next question ends what she sees; nobody has to tell her page.
    await hers.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Incidents' }).click()
    await hers.getByRole('link', { name: 'Sign in' }).first().waitFor()

    await hand.click(page.getByRole('button', { name: 'Remove', exact: true }))
    await hand.click(page.getByRole('button', { name: 'Confirm: remove' }))
    await page.getByRole('heading', { level: 1, name: 'People and roles' }).waitFor()
    assert.equal(await page.getByRole('link', { name: id }).count(), 0)
    await sound(page, 'people')
    await shot(page, 'people')
  })
}

test('the auditor finds who did what, takes the rows as CSV, and has the chain checked', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'auditor', '/audit')
  await page.getByLabel('Function').fill('people')
  await page.getByRole('button', { name: 'Apply' }).click()
  await page.getByRole('cell', { name: 'people.change' }).first().waitFor()
  assert.equal(new URL(page.url()).search, '?function=people')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download as CSV' }).click()])
  assert.ok(await download.path())
  await page.getByRole('button', { name: 'Check the chain' }).click()
  await page.getByText('passed').waitFor()
  await sound(page, 'the audit')
  await shot(page, 'audit')
  await page.setViewportSize({ width: 360, height: 800 })
  await sound(page, 'the audit, narrow')
  await shot(page, 'audit-narrow')
})

test('a permission is explained with the row that decides', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'auditor', '/permissions?function=anomaly.dcc.set&person=desk')
  await page.getByText('allowed', { exact: true }).waitFor()
  await sound(page, 'a permission')
  await shot(page, 'permissions')
})
