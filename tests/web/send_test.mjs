// A request found, filled in, previewed, signed, sent and answered: a supplier's tester, by mouse and by keyboard alone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Hand, openBrowser, openPage, shot, signIn, sound, visit } from './support/browser.mjs'
import { Portal } from './support/node.mjs'

const METER = '00db1234567890a0'
let portal, browser
before(async () => {
  portal = await Portal.start({}, { signer: true })
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await portal?.stop()
})

const answered = (page) => page.locator('dd').getByText('answered', { exact: true }).waitFor({ timeout: 60000 })

for (const way of ['mouse', 'keyboard']) {
  test(`a balance is read in four clicks, by ${way}`, async () => {
    const page = await openPage(browser, portal, { keyboard: way === 'keyboard' })
    const hand = new Hand(page, way)
    await hand.signIn(portal, 'tester', `/send?q=read+balance&device=${METER}`)
    await sound(page, 'found services')
    await hand.click(page.getByRole('link', { name: 'Read Meter Balance' }))
    await sound(page, 'the form of 4.18')
    await hand.click(page.getByRole('button', { name: 'Preview', exact: true }))
    await page.getByRole('heading', { name: 'Preview' }).waitFor()
    await page.getByText(/ECS82/).last().waitFor()
    await sound(page, 'a preview')
    await shot(page, `send-preview-${way}`)
    await hand.click(page.getByRole('button', { name: 'Sign and send' }))
    await answered(page)
    await page.getByText(/balance/i).first().waitFor()
    await sound(page, 'an answer')
    await shot(page, `send-answer-${way}`)
  })

  test(`a form that is wrong says where, and a critical command asks before it goes, by ${way}`, async () => {
    const page = await openPage(browser, portal, { keyboard: way === 'keyboard' })
    const hand = new Hand(page, way)
    await hand.signIn(portal, 'tester', `/send/4.8.1?device=${METER}`)
    await hand.type(page.getByLabel('Start date time', { exact: true }), 'yesterday')
    await hand.click(page.getByRole('button', { name: 'Preview', exact: true }))
    const summary = page.getByRole('alert')
    await summary.getByText(/EndDateTime: it is missing/).waitFor()
    await sound(page, 'a form with errors')
    await shot(page, `send-errors-${way}`)
    await hand.click(summary.getByRole('link', { name: /StartDateTime/ }))
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'f-ReadLogPeriod-StartDateTime')

    await visit(page, `/send/7.2?device=${METER}`)
    await hand.click(page.getByRole('button', { name: 'Preview', exact: true }))
    await hand.click(page.getByRole('button', { name: 'Sign and send', exact: true }))
    await page.getByText('This is a critical command').waitFor()
    await hand.click(page.getByRole('button', { name: 'Confirm: sign and send' }))
    await answered(page)
    await sound(page, 'a critical command')
  })
}

test('a large form is filled with its sample, repeats are added and removed, and what is typed as XML is checked', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'tester', `/send/1.1.1?device=${METER}`)
  await page.getByRole('button', { name: 'Fill in sample values' }).click()
  const profiles = page.getByRole('group', { name: /^Day profile \d+$/ })
  await profiles.first().waitFor()
  const before = await profiles.count()
  await page.getByRole('button', { name: /Add another day profile/ }).first().click()
  assert.equal(await profiles.count(), before + 1)
  await page.getByRole('button', { name: 'Remove the last day profile' }).first().click()
  assert.equal(await profiles.count(), before)
  await page.getByRole('button', { name: 'Preview', exact: true }).click()
  await page.getByRole('heading', { name: 'Preview' }).waitFor()
  await page.getByRole('tab', { name: 'Raw XML' }).click()
  await page.getByLabel('The element inside Body').fill('<sr:UpdateImportTariffPrimaryElement><sr:No/></sr:UpdateImportTariffPrimaryElement>')
  await page.getByRole('button', { name: 'Preview this XML' }).click()
  await page.getByRole('alert').getByText(/line 1: order/).waitFor()
  await sound(page, 'a large form')
  await shot(page, 'send-tariff')
})

test('every form is sound, wide and at 360 px', async () => {
  const wide = await openPage(browser, portal)
  await signIn(wide, portal, 'tester')
  const narrow = await openPage(browser, portal, { width: 360, height: 740 })
  await signIn(narrow, portal, 'tester')
  for (const service of ['1.1.1', '2.2', '5.1', '6.15.1', '6.22', '8.2', '8.11', '8.14.1', '12.2']) {
    await visit(narrow, `/send/${service}?device=${METER}`)
    await sound(narrow, `${service} at 360 px`)
    await shot(narrow, `send-${service}-360`)
  }
  for (const path of ['/send', '/send/2.2', '/send/6.15.1']) {
    await visit(wide, path)
    await sound(wide, path)
  }
})

test('another party is not written for, and who may not send is told how else', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'desk', `/send/4.18?device=${METER}`)
  await page.getByRole('button', { name: 'Preview', exact: true }).click()
  await page.getByText(/It is not yours to send for this User/).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Sign and send' }).count(), 0)
  await sound(page, 'who may not send')
  const supplier = '90b3d51f30010000'
  const refused = await portal.api('engineer', 'POST', '/requests', { service: '4.18', user: supplier, target: METER })
  assert.equal(refused.status, 403)
  assert.equal((await portal.api('desk', 'POST', '/requests', { service: '4.18', user: supplier, target: METER })).status, 403)
})
