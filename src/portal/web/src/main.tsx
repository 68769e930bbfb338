import { render } from 'preact'
import { App } from '@/app'
import { followLinks } from '@/lib/location'
import { whoIsIt } from '@/lib/session'

// Who is asking is mostly known sooner than a frame is drawn: then the first frame is his page, which has asked for its data
// by then. After so many milliseconds the frame is drawn without him.
const kPatience = 150

followLinks()
const asked = whoIsIt()
const late = new Promise<null>((done) => { setTimeout(done, kPatience, null) })
void Promise.race([asked, late]).then((known) => render(<App known={known} asked={asked} />, document.getElementById('app')!))
