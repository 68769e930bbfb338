import { pages } from 'generated/pages'
import { useSession } from '@/lib/session'
import { Queues, NextActions, OpenIncidents, ComingMaintenance } from '@/pages/home/cards'

/// What concerns whoever is signed in, first; then every page that is his.
export function Home() {
  const session = useSession()
  const mine = pages.filter((row) => row.menu && row.path !== '/' && session.may(row.functions))
  const areas = [...new Set(mine.map((row) => row.area))]
  return (
    <>
      <h1 class="govuk-heading-l">{session.signedIn ? `${session.me?.id ?? ''}${session.me?.party ? `, ${session.me.party}` : ''}` : 'Meterway'}</h1>
      {!session.signedIn && <p class="govuk-body">You are not signed in and see what is public. <a class="govuk-link" href="/sign-in">Sign in</a></p>}
      <div class="mw-cards">
        {session.may(['deliveries.read']) && <Queues />}
        <OpenIncidents />
        <ComingMaintenance />
        {session.signedIn && <NextActions party={session.me?.party ?? ''} />}
      </div>
      <div class="mw-columns">{areas.map((area) => (
        <section key={area} aria-label={area}>
          <h2 class="govuk-heading-s">{area}</h2>
          <dl>{mine.filter((row) => row.area === area).map((row) => (
            <div key={row.path}>
              <dt><a class="govuk-link" href={row.path}>{row.title}</a></dt>
              <dd class="mw-muted">{row.meaning}</dd>
            </div>
          ))}</dl>
        </section>
      ))}</div>
    </>
  )
}
