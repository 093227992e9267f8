// Makes pages pleasanter where JavaScript runs: nothing here is needed for anything to work.
import { choose } from "./choose.js";
import { copy } from "./copy.js";
import { dialogs } from "./dialogs.js";
import { focus } from "./focus.js";
import { menus } from "./menus.js";
import { print } from "./print.js";
import { shortcuts } from "./shortcuts.js";
import { sortable } from "./sortable.js";
import { theme } from "./theme.js";
import { requests } from "./requests.js";

choose();
copy();
dialogs();
focus();
menus();
print();
shortcuts();
sortable();
theme();
requests();
