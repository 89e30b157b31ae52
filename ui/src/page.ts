import { mount } from "svelte";

import App from "./App.svelte";
import "./app.css";
import { route } from "./lib/router";
import { loaders } from "./pages";

// The page that is asked for is on its way while the frame around it is made. If it does not come,
// the frame asks for it again, and says so.
loaders[route(location.pathname).page]().catch(() => undefined);

const target = document.getElementById("page");
if (target === null) throw new Error("index.html has no element #page");
mount(App, { target });
