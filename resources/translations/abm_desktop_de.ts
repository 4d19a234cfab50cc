<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name></name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>In a chart over time the wheel (+, −) zooms, a drag (←, →) moves into the past, a double click (End) returns.
In the ladder the arrow keys choose a price and a side, Enter places an order there or cancels it.
Tab moves between controls; files may be dropped anywhere on the window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About ABM Desktop</source>
        <translation>Über ABM Desktop</translation>
    </message>
    <message>
        <source>A desktop market laboratory: deep-RL trading agents and algorithmic traders in one live limit order book, under stress.

Version {version} · MIT licence
Python {python} · Qt {qt}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Market</source>
        <translation>&amp;Markt</translation>
    </message>
    <message>
        <source>&amp;Training</source>
        <translation>&amp;Training</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Analytics</source>
        <translation type="unfinished">&amp;Analyse</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Scenarios that come with the program</source>
        <translation>Mitgelieferte &amp;Szenarien</translation>
    </message>
    <message>
        <source>Re&amp;cent files</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>&amp;Panels</source>
        <translation>&amp;Tafeln</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Farben</translation>
    </message>
    <message>
        <source>No files yet</source>
        <translation>Noch keine Dateien</translation>
    </message>
    <message>
        <source>Market: Inject {name}</source>
        <translation>Markt: {name} auslösen</translation>
    </message>
    <message>
        <source>Open scenario: {name}</source>
        <translation>Szenario öffnen: {name}</translation>
    </message>
    <message>
        <source>Open recent file: {name}</source>
        <translation>Zuletzt geöffnet: {name}</translation>
    </message>
    <message>
        <source>Theme: {name}</source>
        <translation>Farben: {name}</translation>
    </message>
    <message>
        <source>Panel: {name}</source>
        <translation>Tafel: {name}</translation>
    </message>
    <message>
        <source>Welcome to the market laboratory</source>
        <translation>Willkommen im Marktlabor</translation>
    </message>
    <message>
        <source>A simulated exchange runs in this window: market makers, fundamental, momentum and noise traders meet in one order book. This line runs, pauses and steps it (F5, F10, F11), and sets its speed and seed. The same seed is the same market.</source>
        <translation>In diesem Fenster läuft eine simulierte Börse: Market Maker, Fundamental-, Momentum- und Noise-Händler treffen sich in einem Orderbuch. Diese Zeile startet, hält an und geht schrittweise (F5, F10, F11) und stellt Tempo und Startwert ein. Derselbe Startwert ist derselbe Markt.</translation>
    </message>
    <message>
        <source>The order book</source>
        <translation>Das Orderbuch</translation>
    </message>
    <message>
        <source>Lots at each price, with yours marked. Click a price to place an order, click your mark to cancel it; F6 and F7 buy and sell at the market.</source>
        <translation>Lots zu jedem Preis, Ihre eigenen sind markiert. Ein Klick auf einen Preis gibt eine Order auf, ein Klick auf Ihre Marke storniert sie; F6 und F7 kaufen und verkaufen zum Markt.</translation>
    </message>
    <message>
        <source>Prices over the book</source>
        <translation>Preise über dem Buch</translation>
    </message>
    <message>
        <source>Mid price and fundamental value over a heatmap of the book. The wheel zooms, a drag moves into the past, a double click returns. A right click saves the chart.</source>
        <translation>Mittelkurs und Fundamentalwert über einer Heatmap des Buchs. Das Mausrad vergrößert, Ziehen führt in die Vergangenheit, ein Doppelklick zurück. Ein Rechtsklick speichert das Diagramm.</translation>
    </message>
    <message>
        <source>Put it under stress</source>
        <translation>Setzen Sie ihn unter Stress</translation>
    </message>
    <message>
        <source>One click injects a flash crash, a volatility spike or a liquidity shock, now or at a time; eight more are in the list. Below it stands what each has done.</source>
        <translation>Ein Klick löst einen Flash Crash, einen Volatilitätssprung oder einen Liquiditätsschock aus, jetzt oder zu einer Zeit; acht weitere stehen in der Liste. Darunter steht, was jeder bewirkt hat.</translation>
    </message>
    <message>
        <source>Look back, and fork</source>
        <translation>Zurückblicken und abzweigen</translation>
    </message>
    <message>
        <source>Any past moment of the session can be looked at again with this slider, and a new run can be started from there.</source>
        <translation>Jeder vergangene Moment der Sitzung lässt sich mit diesem Regler wieder ansehen, und von dort kann ein neuer Lauf beginnen.</translation>
    </message>
    <message>
        <source>Measure and train</source>
        <translation>Messen und trainieren</translation>
    </message>
    <message>
        <source>Analytics measures the market while it runs. In RL you train PPO, DQN or SAC agents beside it, and let them trade in it.</source>
        <translation>Die Analyse misst den Markt, während er läuft. Unter RL trainieren Sie daneben Agenten mit PPO, DQN oder SAC und lassen sie in ihm handeln.</translation>
    </message>
    <message>
        <source>Find everything</source>
        <translation>Alles finden</translation>
    </message>
    <message>
        <source>Ctrl+K finds any command by a few letters, F1 lists the keys, Ctrl+O opens a scenario. This tour is in the Help menu. Press F5 to let the market run.</source>
        <translation>Strg+K findet jeden Befehl mit wenigen Buchstaben, F1 zeigt die Tasten, Strg+O öffnet ein Szenario. Dieser Rundgang steht im Hilfemenü. F5 lässt den Markt laufen.</translation>
    </message>
    <message>
        <source>Save as &amp;PNG…</source>
        <translation>Als &amp;PNG speichern…</translation>
    </message>
    <message>
        <source>Save as &amp;SVG…</source>
        <translation>Als &amp;SVG speichern…</translation>
    </message>
    <message>
        <source>Save data as &amp;CSV…</source>
        <translation>Daten als &amp;CSV speichern…</translation>
    </message>
    <message>
        <source>&amp;Copy picture</source>
        <translation>Bild &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Reset view</source>
        <translation>Ansicht &amp;zurücksetzen</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>&amp;Vollbild</translation>
    </message>
    <message>
        <source>Leave &amp;full screen</source>
        <translation>&amp;Vollbild verlassen</translation>
    </message>
    <message>
        <source>Save chart</source>
        <translation>Diagramm speichern</translation>
    </message>
    <message>
        <source>The chart was not saved</source>
        <translation>Das Diagramm wurde nicht gespeichert</translation>
    </message>
    <message>
        <source>{file}: {why}. Choose another folder or free some space.</source>
        <translation>{file}: {why}. Wählen Sie einen anderen Ordner oder schaffen Sie Platz.</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>Hoher Kontrast</translation>
    </message>
    <message>
        <source>Blue and orange</source>
        <translation>Blau und Orange</translation>
    </message>
    <message>
        <source>Blue and red</source>
        <translation>Blau und Rot</translation>
    </message>
    <message>
        <source>Teal and violet</source>
        <translation>Türkis und Violett</translation>
    </message>
    <message>
        <source>Green and red (hard to tell apart for some)</source>
        <translation>Grün und Rot (für manche schwer zu unterscheiden)</translation>
    </message>
</context>
<context>
    <name>AgentPanel</name>
    <message>
        <source>RL trader to look at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which of the RL traders, in order of arrival</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>RL trader</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the trader sees</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The 13 features, clipped to ±5:
</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the trader would do now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probabilities of its policy at this moment; a trader decides every 5 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of {n}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>market paused    </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>position {held} of ±{most} lots    PnL {pnl}    {n} decisions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mid {mid}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>last: {action}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>takes the likeliest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>draws by chance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No market is open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a scenario (Ctrl+O); then load a model from the list into it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A replay has no traders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a scenario (Ctrl+O) to let RL traders trade.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No RL trader is in the market</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a model under “Models” and press “Load into market”. What it sees and how it decides is then shown here, live.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AnalyticsTab</name>
    <message>
        <source>Page {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Analytics window {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time shown in every chart of this page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure the time shown; or drag over a chart while Shift is held</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shift + drag measures a stretch of time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The wheel zooms, a drag moves, a double click returns</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ChartBar</name>
    <message>
        <source>Show these charts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Charts: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare with ▾</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw earlier trainings and stored models in the same charts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Horizontal axis of the charts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smoothing of the curves</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much of the past each point keeps (0: none); the faint line is as it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to compare with yet: train a model first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At most {n} at a time; the first chosen gives way</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ChartPanel</name>
    <message>
        <source>Menu of {chart}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as picture or data, copy, reset, full screen</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ClassTable</name>
    <message>
        <source>Accounts by trader type</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ClusterPanel</name>
    <message>
        <source>Processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cores in use by the training process, Ray&apos;s own processes and the workers on this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory of the same processes, and what is free on this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Object store</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Holds the samples of workers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Workers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sampling workers that answer, and how often one had to be started again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ray address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where another program can join this cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No cluster runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It starts with a training and ends two minutes after the last. To train on other machines, give the address of a Ray cluster under “More settings”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warnings of this session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished">Kopieren</translation>
    </message>
    <message>
        <source>Copy all warnings to the clipboard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{used:.1f} of {cores} cores, {n} processes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{used}, {free} free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{used} of {size}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} of {wanted} answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none: the training process samples itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} restarts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>local</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>joined</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} nodes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} slots</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warnings ({n})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No warnings</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CompareCharts</name>
    <message>
        <source>Price</source>
        <translation type="unfinished">Preis</translation>
    </message>
    <message>
        <source>% since the beginning of each run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Realised volatility</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>% a year · 5 min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quoted spread</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bp of mid · 60 s mean</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} of the runs</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CompareDialog</name>
    <message>
        <source>Compare models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only what differs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave out the rows that are the same for all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw their curves</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw the curves of their trainings together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished">Kopieren</translation>
    </message>
    <message>
        <source>Copy the table to the clipboard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Property</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models side by side</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ComparePage</name>
    <message>
        <source>Runs to compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Space or a click on the box takes a run in or out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a saved run…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder that “abm-desktop run NAME --out FOLDER” has written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the chosen saved run off the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measures of the runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to compare yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run the market (F5). Runs that you reset, reload or fork (Ctrl+Shift+B) stay here, and saved runs can be added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Now: {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} runs at a time are the most.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a saved run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading {name} …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only saved runs can be removed; untick the others.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>over the first {time}, which all of them have; Δ against the first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tick or add another run to see differences</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Controls</name>
    <message>
        <source>Reset the market?</source>
        <translation>Markt zurücksetzen?</translation>
    </message>
    <message>
        <source>The session so far is dropped: its charts, its past, and your own orders.</source>
        <translation>Die bisherige Sitzung wird verworfen: ihre Diagramme, ihre Vergangenheit und Ihre Orders.</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Open scenario</source>
        <translation>Szenario öffnen</translation>
    </message>
    <message>
        <source>Scenarios (*.toml);;All files (*)</source>
        <translation>Szenarien (*.toml);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Open replay</source>
        <translation>Aufzeichnung öffnen</translation>
    </message>
    <message>
        <source>LOBSTER data ({kinds});;All files (*)</source>
        <translation>LOBSTER-Daten ({kinds});;Alle Dateien (*)</translation>
    </message>
</context>
<context>
    <name>DepthChart</name>
    <message>
        <source>Cumulative depth chart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lots resting at each price or better</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EvaluationDialog</name>
    <message>
        <source>The policy and simple rules trade the same held-out days. It is accepted where its median day earns money and it beats random trading, order-book imbalance and momentum with a small position.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Held-out days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At least 6; more find less</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hours a day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished">Startwert</translation>
    </message>
    <message>
        <source>Another one gives other held-out days</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FactsPage</name>
    <message>
        <source>Measure the facts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure the session so far, in another process</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished">Abbrechen</translation>
    </message>
    <message>
        <source>Progress of the facts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put “abm-desktop facts” for this scenario on the clipboard, for a terminal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command for many sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stylised facts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fact</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not measured yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let the market run for {n} minutes or more, then press “Measure the facts”: fat tails, clustered volatility, memory of order signs and others, each with the range of real markets.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of the run before; measure anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One session is too short for a verdict: tails and clustering fail in half of the single sessions of a scenario that passes over forty. For a judgement with confidence intervals, run this in a terminal:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>preparing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>copied: paste it into a terminal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{length} of trading: {p} pass, {f} fail, {n} cannot be told</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FlowChart</name>
    <message>
        <source>Flow by trader class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lots bought less lots sold by the aggressors of each class, in a bar of time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recorded order flow names no traders.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Press Run (F5) to let the market trade.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>JudgingStrip</name>
    <message>
        <source>Progress of the evaluation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished">Abbrechen</translation>
    </message>
    <message>
        <source>End it; the model stays as it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, {n} more wait</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Ladder</name>
    <message>
        <source>Order book ladder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lots resting at each price: bids left, asks right. Click left of a price to buy there, right of it to sell; click an own order to cancel it. The wheel scrolls, a double click on a price returns to the mid.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Buy at {price}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sell at {price}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bid size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Price</source>
        <translation>Preis</translation>
    </message>
    <message>
        <source>Ask size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>spread of {n} ticks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The book is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Best bid {bid} for {bv} lots, best ask {ask} for {av} lots.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LogConsole</name>
    <message>
        <source>Least level shown</source>
        <translation>Kleinste gezeigte Stufe</translation>
    </message>
    <message>
        <source>Show this level and those above it</source>
        <translation>Diese Stufe und höhere zeigen</translation>
    </message>
    <message>
        <source>Filter by text</source>
        <translation>Nach Text filtern</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy the lines shown to the clipboard</source>
        <translation>Die gezeigten Zeilen in die Zwischenablage kopieren</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>Forget all lines</source>
        <translation>Alle Zeilen vergessen</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Nothing happened yet.</source>
        <translation>Noch ist nichts geschehen.</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Debug</source>
        <translation>Fehlersuche</translation>
    </message>
    <message>
        <source>Info</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Preparing the market</source>
        <translation>Der Markt wird vorbereitet</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>Wird geladen</translation>
    </message>
    <message>
        <source>The training page is being loaded.</source>
        <translation>Die Trainingsseite wird geladen.</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Market</source>
        <translation>Markt</translation>
    </message>
    <message>
        <source>Analytics</source>
        <translation>Analyse</translation>
    </message>
    <message>
        <source>RL</source>
        <translation>RL</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Notices</source>
        <translation>Meldungen</translation>
    </message>
    <message>
        <source>The market stopped</source>
        <translation>Der Markt ist stehen geblieben</translation>
    </message>
    <message>
        <source>{error}
Reset it (Ctrl+R), or open another file.</source>
        <translation>{error}
Setzen Sie ihn zurück (Strg+R), oder öffnen Sie eine andere Datei.</translation>
    </message>
    <message>
        <source>preparing the market</source>
        <translation>der Markt wird vorbereitet</translation>
    </message>
    <message>
        <source>no market is open</source>
        <translation>kein Markt ist geöffnet</translation>
    </message>
    <message>
        <source> · {n} s</source>
        <translation> · {n} s</translation>
    </message>
    <message>
        <source>Run “abm-desktop doctor” in a terminal: it names what is missing.</source>
        <translation>Rufen Sie „abm-desktop doctor“ in einem Terminal auf: es nennt, was fehlt.</translation>
    </message>
    <message>
        <source>The training page could not be loaded</source>
        <translation>Die Trainingsseite konnte nicht geladen werden</translation>
    </message>
    <message>
        <source>The program did not end properly. “{name}”, seed {seed}, was kept at {time} with {n} commands ({when}).</source>
        <translation>Das Programm wurde nicht richtig beendet. „{name}“, Startwert {seed}, wurde bei {time} mit {n} Befehlen festgehalten ({when}).</translation>
    </message>
    <message>
        <source>Recover the session?</source>
        <translation>Sitzung wiederherstellen?</translation>
    </message>
    <message>
        <source>Recover</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message>
        <source>Compute the same market again, up to that moment, bit by bit</source>
        <translation>Denselben Markt bis zu diesem Moment Bit für Bit neu berechnen</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Forget that session</source>
        <translation>Diese Sitzung vergessen</translation>
    </message>
    <message>
        <source>Close while an agent is being trained?</source>
        <translation>Schließen, während ein Agent trainiert wird?</translation>
    </message>
    <message>
        <source>The training ends. What it has learnt since its last save is lost.</source>
        <translation>Das Training endet. Was seit dem letzten Speichern gelernt wurde, geht verloren.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>MarketTab</name>
    <message>
        <source>Mid price, best bid and ask, and the fundamental value. Trades are dots, or bubbles of their size: blue where the buyer was the aggressor, orange where the seller was. At a high speed not all trades reach the window: those shown are then a sample.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Price</source>
        <translation>Preis</translation>
    </message>
    <message>
        <source>Back to now</source>
        <translation>Zurück zu jetzt</translation>
    </message>
    <message>
        <source>The charts stand still in the past; follow the market again (double click)</source>
        <translation>Die Diagramme stehen in der Vergangenheit; dem Markt wieder folgen (Doppelklick)</translation>
    </message>
    <message>
        <source>Follow the market again</source>
        <translation>Dem Markt wieder folgen</translation>
    </message>
    <message>
        <source>Candles</source>
        <translation>Kerzen</translation>
    </message>
    <message>
        <source>Candles of the mid price</source>
        <translation>Kerzen des Mittelkurses</translation>
    </message>
    <message>
        <source>Heatmap</source>
        <translation>Heatmap</translation>
    </message>
    <message>
        <source>Order-book heatmap</source>
        <translation>Heatmap des Orderbuchs</translation>
    </message>
    <message>
        <source>Cumulative depth</source>
        <translation>Kumulierte Tiefe</translation>
    </message>
    <message>
        <source>lots, 50 levels</source>
        <translation>Lots, 50 Stufen</translation>
    </message>
    <message>
        <source>Flow</source>
        <translation>Orderfluss</translation>
    </message>
    <message>
        <source>Sum</source>
        <translation>Summe</translation>
    </message>
    <message>
        <source>Sum the flows</source>
        <translation>Flüsse summieren</translation>
    </message>
    <message>
        <source>Spread</source>
        <translation>Spread</translation>
    </message>
    <message>
        <source>ticks</source>
        <translation>Ticks</translation>
    </message>
    <message>
        <source>Stress</source>
        <translation>Stress</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>Regeln</translation>
    </message>
    <message>
        <source>Traders</source>
        <translation>Händler</translation>
    </message>
    <message>
        <source>Trades</source>
        <translation>Abschlüsse</translation>
    </message>
    <message>
        <source>Order book</source>
        <translation>Orderbuch</translation>
    </message>
    <message>
        <source>mid</source>
        <translation>Mitte</translation>
    </message>
    <message>
        <source>bid</source>
        <translation>Geld</translation>
    </message>
    <message>
        <source>ask</source>
        <translation>Brief</translation>
    </message>
    <message>
        <source>value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>trades sampled</source>
        <translation>Abschlüsse in Auswahl</translation>
    </message>
    <message>
        <source>Window of time shown (Alt+{n})</source>
        <translation>Gezeigte Zeitspanne (Alt+{n})</translation>
    </message>
    <message>
        <source>Chart window {title}</source>
        <translation>Zeitspanne {title}</translation>
    </message>
    <message>
        <source>30 s</source>
        <translation>30 s</translation>
    </message>
    <message>
        <source>5 min</source>
        <translation>5 min</translation>
    </message>
    <message>
        <source>30 min</source>
        <translation>30 min</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alles</translation>
    </message>
</context>
<context>
    <name>MeasureChart</name>
    <message>
        <source>Recorded order flow does not tell who traded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run the market (F5) to see this.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{algorithm} has none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting for the first episode to end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not measured</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelTable</name>
    <message>
        <source>Trained models</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelsPanel</name>
    <message>
        <source>No models yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model could not be renamed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The tags could not be changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is written to {file}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model could not be exported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is taken in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model could not be taken in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deleted: {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Policy, checkpoint and curves are removed from the disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New name (letters, digits, &apos;.&apos;, &apos;_&apos; and &apos;-&apos;):</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tags</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Words for the selected models, with spaces between them:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} could not be evaluated</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} could not be stress-tested</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter the models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the models with these words in any column: “ppo accepted”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number of traders to load</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many traders with this policy join the market</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Traders</source>
        <translation>Händler</translation>
    </message>
    <message>
        <source>Load into market</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluate…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare it with simple rules on held-out days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stress test…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it does under stress, and what it does to the market</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More ▾</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything else that can be done with a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a model first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Load into market</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Go on with its training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has no checkpoint: imported, or shipped with the program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw its &amp;curves</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Evaluate…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the evaluat&amp;ion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has not been evaluated yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stress test…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the stress &amp;test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has not been stress-tested yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Com&amp;pare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select two models or more (Ctrl+click)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Rename…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>T&amp;ags…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Delete…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>E&amp;xport…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>I&amp;mport…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the selected models side by side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the selected models from the disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{shown} of {n} models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A trained policy is listed here, and can then trade in the market. One from elsewhere can be taken in under “More”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The models could not be listed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model could not be loaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model could not be deleted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete {name} for good?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model ships with the program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let traders with the selected policy trade in the live market (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train a model first, or select one in the list</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Line</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>What is wrong</source>
        <translation>Was nicht stimmt</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>Was zu tun ist</translation>
    </message>
    <message>
        <source>Problems in the file</source>
        <translation>Fehler in der Datei</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Einzelheiten kopieren</translation>
    </message>
    <message>
        <source>Copy all of this to the clipboard</source>
        <translation>All dies in die Zwischenablage kopieren</translation>
    </message>
    <message>
        <source>Open the file</source>
        <translation>Datei öffnen</translation>
    </message>
    <message>
        <source>Open the file with the program you edit text with</source>
        <translation>Die Datei mit Ihrem Textprogramm öffnen</translation>
    </message>
    <message>
        <source>Close this notice (Esc)</source>
        <translation>Diese Meldung schließen (Esc)</translation>
    </message>
    <message>
        <source>Close this notice</source>
        <translation>Diese Meldung schließen</translation>
    </message>
</context>
<context>
    <name>NoticeHistory</name>
    <message>
        <source>Notices</source>
        <translation>Meldungen</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Notice</source>
        <translation>Meldung</translation>
    </message>
    <message>
        <source>Details of the notice</source>
        <translation>Einzelheiten der Meldung</translation>
    </message>
    <message>
        <source>Choose a notice to read all of it.</source>
        <translation>Wählen Sie eine Meldung, um sie ganz zu lesen.</translation>
    </message>
    <message>
        <source>No notices yet: faults and news are kept here.</source>
        <translation>Noch keine Meldungen: Fehler und Neuigkeiten stehen hier.</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Einzelheiten kopieren</translation>
    </message>
    <message>
        <source>Copy the notice that is marked, for a bug report</source>
        <translation>Die markierte Meldung für einen Fehlerbericht kopieren</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>Forget all notices</source>
        <translation>Alle Meldungen vergessen</translation>
    </message>
</context>
<context>
    <name>OrderPanel</name>
    <message>
        <source> lots</source>
        <translation> Lots</translation>
    </message>
    <message>
        <source>Size of an order</source>
        <translation>Größe einer Order</translation>
    </message>
    <message>
        <source>Lots of the next order, by button or by a click on a price</source>
        <translation>Lots der nächsten Order, per Knopf oder Klick auf einen Preis</translation>
    </message>
    <message>
        <source>Buy</source>
        <translation>Kaufen</translation>
    </message>
    <message>
        <source>Sell</source>
        <translation>Verkaufen</translation>
    </message>
    <message>
        <source>Close position</source>
        <translation>Position schließen</translation>
    </message>
    <message>
        <source>Cancel all</source>
        <translation>Alle stornieren</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Lots held; negative is short</source>
        <translation>Gehaltene Lots; negativ ist leerverkauft</translation>
    </message>
    <message>
        <source>PnL</source>
        <translation>G/V</translation>
    </message>
    <message>
        <source>Gain or loss so far, marked at mid</source>
        <translation>Gewinn oder Verlust bisher, zum Mittelkurs bewertet</translation>
    </message>
    <message>
        <source>Break-even</source>
        <translation>Nullpunkt</translation>
    </message>
    <message>
        <source>Price at which closing leaves neither gain nor loss</source>
        <translation>Preis, zu dem das Schließen weder Gewinn noch Verlust lässt</translation>
    </message>
    <message>
        <source>Orders</source>
        <translation>Orders</translation>
    </message>
    <message>
        <source>Own orders that rest in the book</source>
        <translation>Eigene Orders, die im Buch liegen</translation>
    </message>
    <message>
        <source>A replay repeats what happened: it takes no orders.</source>
        <translation>Eine Aufzeichnung wiederholt, was geschah: sie nimmt keine Orders an.</translation>
    </message>
    <message>
        <source>There is no market to trade in.</source>
        <translation>Es gibt keinen Markt zum Handeln.</translation>
    </message>
    <message>
        <source>No own order rests in the book.</source>
        <translation>Keine eigene Order liegt im Buch.</translation>
    </message>
    <message>
        <source>There is no position to close.</source>
        <translation>Es gibt keine Position zu schließen.</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>Command palette</source>
        <translation>Befehlspalette</translation>
    </message>
    <message>
        <source>What do you want to do?</source>
        <translation>Was möchten Sie tun?</translation>
    </message>
    <message>
        <source>Search for a command</source>
        <translation>Einen Befehl suchen</translation>
    </message>
    <message>
        <source>Commands that fit</source>
        <translation>Passende Befehle</translation>
    </message>
    <message>
        <source>Nothing is called so.</source>
        <translation>Nichts heißt so.</translation>
    </message>
</context>
<context>
    <name>PopulationPanel</name>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Apply</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the market with these traders to a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save scenario</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scenarios (*.toml)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The scenario was not saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file}: {error}. Choose another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was edited.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was undone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What a running market can take acts now, the rest (*) at the next reset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A replay has no traders to change. Open a scenario (Ctrl+O).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} changed: {now} can act now, {later} at a reset (*).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} applied at the next reset (Ctrl+R).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>* at the next reset</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Preferences</name>
    <message>
        <source>Preferences</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>The file last used</source>
        <translation>Die zuletzt benutzte Datei</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Bids and asks</source>
        <translation>Geld und Brief</translation>
    </message>
    <message>
        <source>Frames per second</source>
        <translation>Bilder je Sekunde</translation>
    </message>
    <message>
        <source>Fewer leave more of a small machine to the market</source>
        <translation>Weniger lassen dem Markt mehr von einem kleinen Rechner</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>From the next start on</source>
        <translation>Ab dem nächsten Start</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>Sitzung</translation>
    </message>
    <message>
        <source>At the start, open</source>
        <translation>Beim Start öffnen</translation>
    </message>
    <message>
        <source>Keep the session for after a crash</source>
        <translation>Die Sitzung für den Fall eines Absturzes festhalten</translation>
    </message>
    <message>
        <source>Scenario, seed and commands, written aside</source>
        <translation>Szenario, Startwert und Befehle, beiseitegeschrieben</translation>
    </message>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>Write it every</source>
        <translation>Schreiben alle</translation>
    </message>
    <message>
        <source>Real seconds between two writings</source>
        <translation>Sekunden zwischen zwei Schreibvorgängen</translation>
    </message>
    <message>
        <source>RL traders to load</source>
        <translation>Zu ladende RL-Händler</translation>
    </message>
    <message>
        <source>How many traders of a model join the market</source>
        <translation>Wie viele Händler eines Modells in den Markt kommen</translation>
    </message>
    <message>
        <source>Ask before</source>
        <translation>Nachfragen vor</translation>
    </message>
    <message>
        <source>Closing while an agent is being trained</source>
        <translation>dem Schließen, während ein Agent trainiert wird</translation>
    </message>
    <message>
        <source>A reset, which drops the session so far</source>
        <translation>dem Zurücksetzen, das die bisherige Sitzung verwirft</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Scenarios</source>
        <translation>Szenarien</translation>
    </message>
    <message>
        <source>Recorded order flow</source>
        <translation>Aufgezeichneter Orderfluss</translation>
    </message>
    <message>
        <source>Restore defaults</source>
        <translation>Voreinstellungen</translation>
    </message>
    <message>
        <source>Where the program keeps them</source>
        <translation>Wo das Programm sie ablegt</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Choose the folder: {title}</source>
        <translation>Ordner wählen: {title}</translation>
    </message>
    <message>
        <source>Where the dialog for such files starts</source>
        <translation>Wo der Dialog für solche Dateien beginnt</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>Ordner wählen</translation>
    </message>
</context>
<context>
    <name>PresetBar</name>
    <message>
        <source>Preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fill in settings that are kept under a name; the shipped ones are known to train a profitable trader in the calm market</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save or delete presets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save these settings as a preset…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Delete the preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a preset…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> – tried in the calm market</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The preset was not saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A setting cannot be used: mend what is marked in the form first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The preset was not deleted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The preset cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the preset:</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PriceChart</name>
    <message>
        <source>Price chart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Press Run (F5) to let the market trade.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProgressStrip</name>
    <message>
        <source>Training progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The live market goes on beside the training; each has threads of its own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training process has not answered for {seconds:.0f} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trained; on held-out days against {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trained; {what} test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, {n} RL traders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Market runs {speed}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Market paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {total} iterations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} decisions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} episodes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{t} elapsed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{t} left</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <source>Trainings that wait, the next first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train the first of the list now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train the selected one earlier</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train the selected one later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take it out of the list and into the form</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the selected one out of the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No training waits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fill in the form and press “Add to queue”: each training starts when the one before it has ended.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waits: press “Start next” to go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The first starts when the training that runs has ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Press “Start next”</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QuoteStrip</name>
    <message>
        <source>Last</source>
        <translation>Letzter</translation>
    </message>
    <message>
        <source>Price of the last trade; blue: a buyer took it</source>
        <translation>Preis des letzten Abschlusses; blau: ein Käufer griff zu</translation>
    </message>
    <message>
        <source>Bid</source>
        <translation>Geld</translation>
    </message>
    <message>
        <source>Best bid and the lots resting there</source>
        <translation>Bester Geldkurs und die Lots dort</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>Brief</translation>
    </message>
    <message>
        <source>Best ask and the lots resting there</source>
        <translation>Bester Briefkurs und die Lots dort</translation>
    </message>
    <message>
        <source>Spread (ticks)</source>
        <translation>Spread (Ticks)</translation>
    </message>
    <message>
        <source>Best ask minus best bid</source>
        <translation>Bester Briefkurs weniger bester Geldkurs</translation>
    </message>
    <message>
        <source>Fundamental</source>
        <translation>Fundamental</translation>
    </message>
    <message>
        <source>The fundamental value V</source>
        <translation>Der Fundamentalwert V</translation>
    </message>
    <message>
        <source>Mid – value (bp)</source>
        <translation>Mitte – Wert (bp)</translation>
    </message>
    <message>
        <source>Mispricing in basis points</source>
        <translation>Fehlbewertung in Basispunkten</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>Mid against the start of the session</source>
        <translation>Mittelkurs gegen den Beginn der Sitzung</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>Volumen</translation>
    </message>
    <message>
        <source>Lots traded</source>
        <translation>Gehandelte Lots</translation>
    </message>
    <message>
        <source>Trades</source>
        <translation>Abschlüsse</translation>
    </message>
    <message>
        <source>Number of trades</source>
        <translation>Zahl der Abschlüsse</translation>
    </message>
    <message>
        <source>Book events</source>
        <translation>Buchereignisse</translation>
    </message>
    <message>
        <source>Accepted orders, cancels and trades</source>
        <translation>Angenommene Orders, Stornos und Abschlüsse</translation>
    </message>
    <message>
        <source>Market</source>
        <translation>Markt</translation>
    </message>
    <message>
        <source>Phase of the market: continuous, limit, auction, halted or closed</source>
        <translation>Phase des Marktes: fortlaufend, Limit, Auktion, ausgesetzt oder geschlossen</translation>
    </message>
</context>
<context>
    <name>RLTab</name>
    <message>
        <source>Models, live agent, queue, cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trained models, and what can be done with them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live agent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What an RL trader of the live market sees and does now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trainings that wait for their turn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processor, memory and workers of the training, and warnings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>The curves of {name} could not be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No training runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a model in the list first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training runs already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select two models or more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No curves were kept of {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings of {name} cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set the iterations and press “Start training” to go on from {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} trainings wait</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 training waits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training was stopped before its first iteration; there is no model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is trained: load it into the market</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training was stopped; {name} is saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training failed</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ResultDialog</name>
    <message>
        <source>Copy</source>
        <translation type="unfinished">Kopieren</translation>
    </message>
    <message>
        <source>Copy the words and the table to the clipboard</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReturnsPage</name>
    <message>
        <source>Interval of the returns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>only the measured window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the stretch shaded in the charts of the Overview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Returns over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>standard deviations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>normal quantiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lag</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>seconds between prices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measures of the returns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>returns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>normal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Distribution</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>density, log scale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quantiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of returns, in sd</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Autocorrelation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of returns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Autocorrelation of |returns|</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>clustering</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signature plot</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>volatility, % a year</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dashed: ±2/√n, within which 95 % of those of independent returns lie</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Flat where the price diffuses; it falls with the interval where the price bounces, and rises where it trends</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run the market (F5) to see its returns.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{n} returns, {left} – {right}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RuleRow</name>
    <message>
        <source>Show the parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameters of {rule}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RulesPanel</name>
    <message>
        <source>How long orders are gathered, in simulated seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Length of the auction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Call an auction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop continuous trading now, and resume at one price that clears the book</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A replay repeats what happened under the rules of its day.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no market to rule yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ScenarioField</name>
    <message>
        <source>Scenario</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a scenario file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a scenario</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>This file cannot be opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is neither a scenario (.toml) nor LOBSTER data (.zip, .csv). Choose a file of one of these kinds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The session cannot be recovered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{error}. Discard it, and open the scenario anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The market refused this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The market refused a command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} was not opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled. The market that was there goes on.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SpeedBox</name>
    <message>
        <source>max</source>
        <translation>max</translation>
    </message>
</context>
<context>
    <name>SpreadChart</name>
    <message>
        <source>Spread chart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Best ask less best bid, in ticks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Press Run (F5) to let the market trade.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>State of the market</source>
        <translation>Zustand des Marktes</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Simulated time since the open, and the end</source>
        <translation>Simulierte Zeit seit der Eröffnung, und das Ende</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Simulated seconds per real second</source>
        <translation>Simulierte Sekunden je wirkliche Sekunde</translation>
    </message>
    <message>
        <source>Stress</source>
        <translation>Stress</translation>
    </message>
    <message>
        <source>Stress that acts now</source>
        <translation>Stress, der jetzt wirkt</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Training of RL agents</source>
        <translation>Training von RL-Agenten</translation>
    </message>
    <message>
        <source>Alarms</source>
        <translation>Alarme</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Mitteilung</translation>
    </message>
    <message>
        <source>What happened last; see the log (Ctrl+J)</source>
        <translation>Was zuletzt geschah; siehe Protokoll (Strg+J)</translation>
    </message>
    <message>
        <source>Every notice of this session (Ctrl+Shift+J)</source>
        <translation>Alle Meldungen dieser Sitzung (Strg+Umschalt+J)</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Startet</translation>
    </message>
    <message>
        <source>No stress</source>
        <translation>Kein Stress</translation>
    </message>
    <message>
        <source>No alarms</source>
        <translation>Keine Alarme</translation>
    </message>
    <message>
        <source>Notices: {n}</source>
        <translation>Meldungen: {n}</translation>
    </message>
    <message>
        <source>Notices</source>
        <translation>Meldungen</translation>
    </message>
    <message>
        <source>No training</source>
        <translation>Kein Training</translation>
    </message>
    <message>
        <source>max</source>
        <translation>max</translation>
    </message>
    <message>
        <source>speed set to {speed}</source>
        <translation>Tempo {speed} eingestellt</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Nothing was refused or lost</source>
        <translation>Nichts wurde abgewiesen oder ging verloren</translation>
    </message>
    <message>
        <source>Preparing</source>
        <translation>Wird vorbereitet</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Session over</source>
        <translation>Sitzung zu Ende</translation>
    </message>
    <message>
        <source>Stopped by an error</source>
        <translation>Durch einen Fehler angehalten</translation>
    </message>
</context>
<context>
    <name>StressCharts</name>
    <message>
        <source>Price</source>
        <translation type="unfinished">Preis</translation>
    </message>
    <message>
        <source>% of the minute before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spread</source>
        <translation type="unfinished">Spread</translation>
    </message>
    <message>
        <source>ticks</source>
        <translation type="unfinished">Ticks</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lots in 5 levels, mean of both sides</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} around the stress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mid</source>
        <translation type="unfinished">Mitte</translation>
    </message>
    <message>
        <source>value</source>
        <translation type="unfinished">Wert</translation>
    </message>
</context>
<context>
    <name>StressList</name>
    <message>
        <source>No stress is acting.</source>
        <translation>Kein Stress wirkt.</translation>
    </message>
    <message>
        <source>Stresses acting, queued and over</source>
        <translation>Wirkender, wartender und vergangener Stress</translation>
    </message>
    <message>
        <source>over</source>
        <translation>vorbei</translation>
    </message>
    <message>
        <source>in {t}</source>
        <translation>in {t}</translation>
    </message>
    <message>
        <source>queued for {t}</source>
        <translation>wartet auf {t}</translation>
    </message>
</context>
<context>
    <name>StressPage</name>
    <message>
        <source>Report of each stress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stress report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stress shown in the charts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Charts of</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who won and who lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trader type</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PnL</source>
        <translation type="unfinished">G/V</translation>
    </message>
    <message>
        <source>Inventory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Maker share</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Taker share</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who won, who lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No stress in this run yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The report failed: {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Being measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Known since its beginning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At most an hour is looked at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not over yet; counted so far</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Being measured …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another stress acted until then: there is no calm to compare with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Volatility × calm before is a ratio within this run, over {calm} of calm: it tells what happened, not what caused it. Durations with “&gt;” are not over yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So short a calm makes it uncertain.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>recorded order flow does not tell who traded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PnL while it acted, so far</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>while it acted, 15 min at most; PnL at mid, all types sum to zero</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StressPanel</name>
    <message>
        <source>Start now</source>
        <translation>Jetzt</translation>
    </message>
    <message>
        <source>Start in</source>
        <translation>In</translation>
    </message>
    <message>
        <source>Start at</source>
        <translation>Um</translation>
    </message>
    <message>
        <source>When a stress begins</source>
        <translation>Wann ein Stress beginnt</translation>
    </message>
    <message>
        <source>At once, after some simulated time, or at a time of the session</source>
        <translation>Sofort, nach simulierter Zeit, oder zu einer Zeit der Sitzung</translation>
    </message>
    <message>
        <source>Simulated seconds</source>
        <translation>Simulierte Sekunden</translation>
    </message>
    <message>
        <source>Seconds until or at which a stress begins</source>
        <translation>Sekunden, bis oder zu denen ein Stress beginnt</translation>
    </message>
    <message>
        <source>Inject {title}</source>
        <translation>{title} auslösen</translation>
    </message>
    <message>
        <source>{title}: magnitude</source>
        <translation>{title}: Stärke</translation>
    </message>
    <message>
        <source>How long it acts, in simulated time</source>
        <translation>Wie lange er wirkt, in simulierter Zeit</translation>
    </message>
    <message>
        <source>{title}: duration</source>
        <translation>{title}: Dauer</translation>
    </message>
    <message>
        <source>Further stress</source>
        <translation>Weiterer Stress</translation>
    </message>
    <message>
        <source>Inject</source>
        <translation>Auslösen</translation>
    </message>
    <message>
        <source>Inject the stress chosen</source>
        <translation>Den gewählten Stress auslösen</translation>
    </message>
    <message>
        <source>A replay repeats what happened: it takes no stress.</source>
        <translation>Eine Aufzeichnung wiederholt, was geschah: sie nimmt keinen Stress an.</translation>
    </message>
    <message>
        <source>The session is over. Reset the market to go on (Ctrl+R).</source>
        <translation>Die Sitzung ist zu Ende. Setzen Sie den Markt zurück (Strg+R).</translation>
    </message>
    <message>
        <source>The market is being prepared.</source>
        <translation>Der Markt wird vorbereitet.</translation>
    </message>
    <message>
        <source>Flash crash</source>
        <translation>Flash Crash</translation>
    </message>
    <message>
        <source>A price-insensitive seller, while buyers and market makers hold back</source>
        <translation>Ein Verkäufer ohne Preisgrenze, während Käufer und Market Maker sich zurückhalten</translation>
    </message>
    <message>
        <source>Size of the fall aimed at, in percent of the price</source>
        <translation>Angestrebter Fall in Prozent des Preises</translation>
    </message>
    <message>
        <source>Volatility spike</source>
        <translation>Volatilitätssprung</translation>
    </message>
    <message>
        <source>The fundamental value moves faster for a while</source>
        <translation>Der Fundamentalwert bewegt sich eine Weile schneller</translation>
    </message>
    <message>
        <source>Multiple of the usual volatility of the fundamental value</source>
        <translation>Vielfaches der üblichen Volatilität des Fundamentalwerts</translation>
    </message>
    <message>
        <source>Liquidity shock</source>
        <translation>Liquiditätsschock</translation>
    </message>
    <message>
        <source>Market makers cancel their quotes and stay away</source>
        <translation>Market Maker stornieren ihre Quotes und bleiben fern</translation>
    </message>
    <message>
        <source>Share of the market makers that cancel their quotes and stay away</source>
        <translation>Anteil der Market Maker, die stornieren und fernbleiben</translation>
    </message>
    <message>
        <source>News jump</source>
        <translation>Nachrichtensprung</translation>
    </message>
    <message>
        <source>News moves the fundamental value at once</source>
        <translation>Eine Nachricht versetzt den Fundamentalwert auf einmal</translation>
    </message>
    <message>
        <source>Jump of the fundamental value</source>
        <translation>Sprung des Fundamentalwerts</translation>
    </message>
    <message>
        <source>Fat finger</source>
        <translation>Fehleingabe</translation>
    </message>
    <message>
        <source>One order many times too large, without a price limit</source>
        <translation>Eine vielfach zu große Order ohne Preisgrenze</translation>
    </message>
    <message>
        <source>Size of the order, as a multiple of the lots on the 20 best levels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quote stuffing</source>
        <translation>Quote Stuffing</translation>
    </message>
    <message>
        <source>Orders posted and cancelled by the thousand fill the queue of the matching engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Messages per second, posts and cancels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spoofing</source>
        <translation>Spoofing</translation>
    </message>
    <message>
        <source>Large orders behind the touch, meant to be seen; the real order is on the other side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of each layer, as a multiple of the lots at the best price</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Toxic flow</source>
        <translation>Toxischer Orderfluss</translation>
    </message>
    <message>
        <source>Institutions know where the value will be, and trade on it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of the new parent orders that are on the right side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Latency shock</source>
        <translation>Latenzschock</translation>
    </message>
    <message>
        <source>Messages of market makers and RL traders take far longer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Factor on the data and order delay of market makers and RL traders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deleveraging</source>
        <translation>Schuldenabbau</translation>
    </message>
    <message>
        <source>Funds with debt lose equity, and those with too much leverage sell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss elsewhere that starts it, as a fraction of the funds&apos; assets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop loss cascade</source>
        <translation>Stop-Loss-Kaskade</translation>
    </message>
    <message>
        <source>Stop orders below the price turn into market orders one after the other</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lots of all stops, as a share of the usual daily volume</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StressRow</name>
    <message>
        <source>End it now, or take it out of the queue</source>
        <translation>Jetzt beenden, oder aus der Warteschlange nehmen</translation>
    </message>
    <message>
        <source>Cancel {title}</source>
        <translation>{title} abbrechen</translation>
    </message>
</context>
<context>
    <name>StressTestDialog</name>
    <message>
        <source>Each market is copied a minute before the shock; one copy gets the traders, the other does not. What differs afterwards is theirs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each in its usual strength</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All</source>
        <translation type="unfinished">Alles</translation>
    </message>
    <message>
        <source>None</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pairs of markets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More find smaller effects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Traders</source>
        <translation type="unfinished">Händler</translation>
    </message>
    <message>
        <source>How many have this policy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Minutes after the shock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished">Startwert</translation>
    </message>
    <message>
        <source>Another one gives other markets</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Tape</name>
    <message>
        <source>Latest trades</source>
        <translation>Letzte Abschlüsse</translation>
    </message>
    <message>
        <source>Latest trades, newest first. ▲ a buyer took the ask, ▼ a seller hit the bid.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Price</source>
        <translation>Preis</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>No trade yet. Run the market (F5).</source>
        <translation>Noch kein Abschluss. Lassen Sie den Markt laufen (F5).</translation>
    </message>
</context>
<context>
    <name>Tasks</name>
    <message>
        <source>What is being done</source>
        <translation>Was gerade geschieht</translation>
    </message>
</context>
<context>
    <name>TimeBar</name>
    <message>
        <source>Moment of the session</source>
        <translation>Moment der Sitzung</translation>
    </message>
    <message>
        <source>Look at any past moment again: ladder, depth, heatmap and trades as they were. The market goes on meanwhile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to live</source>
        <translation>Zurück zu jetzt</translation>
    </message>
    <message>
        <source>Fork from here</source>
        <translation>Hier abzweigen</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Looking at {then}, the market is at {now}</source>
        <translation>Blick auf {then}, der Markt steht bei {now}</translation>
    </message>
</context>
<context>
    <name>Tour</name>
    <message>
        <source>Tour</source>
        <translation>Rundgang</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>{k} of {n}</source>
        <translation>{k} von {n}</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
</context>
<context>
    <name>TraderSection</name>
    <message>
        <source>Share of the traded volume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameters of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>
Acts from the next reset on.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TradersPage</name>
    <message>
        <source>Trader types</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>since the open</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrainingCharts</name>
    <message>
        <source>Progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The training begins</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A cluster is started, the markets are compiled and warmed up: ten to forty seconds. The first curves come with the first iteration.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No training yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a preset or a scenario and press “Start training”. Reward, profit, losses, actions and speed are drawn here as they come in. Under “Compare with” the curves of stored models can be drawn at once.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrainingController</name>
    <message>
        <source>Starting the training process</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping: the running iteration is finished first</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrainingForm</name>
    <message>
        <source>More settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add to queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Save now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write a checkpoint after the running iteration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>chosen for you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on with the training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finish the running iteration and wait</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End at once; what was learned since the last checkpoint is lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finish the running iteration, save the model and stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A training runs: add this one to the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train a policy with these settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train a policy with these settings after the others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A setting cannot be used: see the text below it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Transport</name>
    <message>
        <source>Length of a step</source>
        <translation>Länge eines Schritts</translation>
    </message>
    <message>
        <source>Simulated seconds that one step of an interval takes</source>
        <translation>Simulierte Sekunden, die ein Schritt dauert</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Speed, from a tenth of real time to as fast as it goes</source>
        <translation>Tempo, von einem Zehntel der wirklichen Zeit bis so schnell es geht</translation>
    </message>
    <message>
        <source>Speed as a multiple of real time</source>
        <translation>Tempo als Vielfaches der wirklichen Zeit</translation>
    </message>
    <message>
        <source>Simulated seconds per real second; type “max” for no limit</source>
        <translation>Simulierte Sekunden je Sekunde; „max“ für keine Grenze</translation>
    </message>
    <message>
        <source>events/s</source>
        <translation>Ereignisse/s</translation>
    </message>
    <message>
        <source>Speed reached lately, and book events per real second</source>
        <translation>Zuletzt erreichtes Tempo, und Buchereignisse je Sekunde</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>The same scenario and seed give the same market. Enter starts it again.</source>
        <translation>Dasselbe Szenario und derselbe Startwert geben denselben Markt. Enter beginnt ihn neu.</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Start</translation>
    </message>
</context>
<context>
    <name>VolumeChart</name>
    <message>
        <source>Volume chart</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WindowPanel</name>
    <message>
        <source>from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure nothing (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the measured window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measures of the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trader types in the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PnL</source>
        <translation type="unfinished">G/V</translation>
    </message>
    <message>
        <source>Lots</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Maker</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Taker</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measured window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trader types</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measuring …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The end must be later than the beginning.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>VPIN in buckets of {n} lots. A dash: too short to tell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measured window {which}, seconds</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_Judge</name>
    <message>
        <source>Scenario</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_RLSection</name>
    <message>
        <source>RL traders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trained model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models of the registry; train one in the RL tab</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add traders that follow this model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{p:.1f} % of volume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Traders of {model}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take these traders out (at the next reset)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove {model}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_Row</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel: {task}</source>
        <translation>Abbrechen: {task}</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} s</translation>
    </message>
</context>
<context>
    <name>commands</name>
    <message>
        <source>&amp;Open scenario…</source>
        <translation>Szenario ö&amp;ffnen…</translation>
    </message>
    <message>
        <source>Open a scenario file (.toml)</source>
        <translation>Eine Szenariodatei (.toml) öffnen</translation>
    </message>
    <message>
        <source>Open &amp;replay…</source>
        <translation>&amp;Aufzeichnung öffnen…</translation>
    </message>
    <message>
        <source>Replay LOBSTER order flow (.zip or .csv)</source>
        <translation>LOBSTER-Orderfluss wiedergeben (.zip oder .csv)</translation>
    </message>
    <message>
        <source>Re&amp;load file</source>
        <translation>Datei neu &amp;laden</translation>
    </message>
    <message>
        <source>Read the open file again from disk</source>
        <translation>Die geöffnete Datei neu lesen</translation>
    </message>
    <message>
        <source>&amp;Clear list</source>
        <translation>Liste &amp;leeren</translation>
    </message>
    <message>
        <source>Forget the recent files</source>
        <translation>Die zuletzt geöffneten Dateien vergessen</translation>
    </message>
    <message>
        <source>&amp;Preferences…</source>
        <translation>&amp;Einstellungen…</translation>
    </message>
    <message>
        <source>Theme, start, colours, folders, …</source>
        <translation>Farben, Start, Ordner, …</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>Close the window and end all training</source>
        <translation>Das Fenster schließen und alles Training beenden</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>&amp;Start</translation>
    </message>
    <message>
        <source>Run the market, or pause it</source>
        <translation>Den Markt laufen lassen, oder anhalten</translation>
    </message>
    <message>
        <source>Step one &amp;event</source>
        <translation>Ein &amp;Ereignis weiter</translation>
    </message>
    <message>
        <source>Process exactly one book event</source>
        <translation>Genau ein Buchereignis verarbeiten</translation>
    </message>
    <message>
        <source>Step one &amp;interval</source>
        <translation>Einen &amp;Schritt weiter</translation>
    </message>
    <message>
        <source>Run for the interval, then pause</source>
        <translation>Eine Schrittlänge laufen lassen, dann anhalten</translation>
    </message>
    <message>
        <source>Re&amp;set</source>
        <translation>&amp;Zurücksetzen</translation>
    </message>
    <message>
        <source>Start again from the open with the seed shown</source>
        <translation>Mit dem gezeigten Startwert von der Eröffnung an beginnen</translation>
    </message>
    <message>
        <source>Reset with a &amp;new seed</source>
        <translation>Mit &amp;neuem Startwert beginnen</translation>
    </message>
    <message>
        <source>Draw a seed, start again</source>
        <translation>Einen Startwert ziehen und neu beginnen</translation>
    </message>
    <message>
        <source>&amp;Faster</source>
        <translation>S&amp;chneller</translation>
    </message>
    <message>
        <source>Raise the speed by one notch</source>
        <translation>Das Tempo eine Stufe erhöhen</translation>
    </message>
    <message>
        <source>S&amp;lower</source>
        <translation>&amp;Langsamer</translation>
    </message>
    <message>
        <source>Lower the speed by one notch</source>
        <translation>Das Tempo eine Stufe senken</translation>
    </message>
    <message>
        <source>As fast as it &amp;goes</source>
        <translation>So schnell es &amp;geht</translation>
    </message>
    <message>
        <source>Run without a speed limit</source>
        <translation>Ohne Grenze des Tempos laufen</translation>
    </message>
    <message>
        <source>Look &amp;back</source>
        <translation>Zurück&amp;blicken</translation>
    </message>
    <message>
        <source>Look at the market ten seconds before</source>
        <translation>Den Markt zehn Sekunden früher ansehen</translation>
    </message>
    <message>
        <source>Look a&amp;head</source>
        <translation>&amp;Vorwärts blicken</translation>
    </message>
    <message>
        <source>Look ten seconds further on</source>
        <translation>Zehn Sekunden weiter blicken</translation>
    </message>
    <message>
        <source>Bac&amp;k to live</source>
        <translation>Zurück zu &amp;jetzt</translation>
    </message>
    <message>
        <source>Leave the past</source>
        <translation>Die Vergangenheit verlassen</translation>
    </message>
    <message>
        <source>Fork from &amp;here</source>
        <translation>&amp;Hier abzweigen</translation>
    </message>
    <message>
        <source>Go on from the moment looked at, as a run of its own</source>
        <translation>Vom betrachteten Moment als eigener Lauf weitergehen</translation>
    </message>
    <message>
        <source>B&amp;uy at market</source>
        <translation>Zum Markt &amp;kaufen</translation>
    </message>
    <message>
        <source>Buy the size in the order panel at once</source>
        <translation>Die Größe der Ordertafel sofort kaufen</translation>
    </message>
    <message>
        <source>S&amp;ell at market</source>
        <translation>Zum Markt ver&amp;kaufen</translation>
    </message>
    <message>
        <source>Sell the size in the order panel at once</source>
        <translation>Die Größe der Ordertafel sofort verkaufen</translation>
    </message>
    <message>
        <source>Cance&amp;l own orders</source>
        <translation>Eigene &amp;Orders stornieren</translation>
    </message>
    <message>
        <source>Cancel every own order</source>
        <translation>Jede eigene Order stornieren</translation>
    </message>
    <message>
        <source>&amp;Close own position</source>
        <translation>Eigene &amp;Position schließen</translation>
    </message>
    <message>
        <source>Buy or sell what is held, at once</source>
        <translation>Was gehalten wird, sofort kaufen oder verkaufen</translation>
    </message>
    <message>
        <source>Un&amp;do an edit of the traders</source>
        <translation>Änderung der Händler &amp;rückgängig</translation>
    </message>
    <message>
        <source>In the Traders panel</source>
        <translation>In der Händlertafel</translation>
    </message>
    <message>
        <source>Redo an edit of &amp;the traders</source>
        <translation>Änderung der Händler &amp;wiederholen</translation>
    </message>
    <message>
        <source>Inject flash &amp;crash</source>
        <translation>&amp;Flash Crash auslösen</translation>
    </message>
    <message>
        <source>Sell pressure with fading buyers, of the size set in the stress panel</source>
        <translation>Verkaufsdruck bei schwindenden Käufern, in der Stärke der Stresstafel</translation>
    </message>
    <message>
        <source>Inject &amp;volatility spike</source>
        <translation>&amp;Volatilitätssprung auslösen</translation>
    </message>
    <message>
        <source>A more volatile fundamental value, by the factor set in the stress panel</source>
        <translation>Ein schwankenderer Fundamentalwert, mit dem Faktor der Stresstafel</translation>
    </message>
    <message>
        <source>Inject li&amp;quidity shock</source>
        <translation>Liqui&amp;ditätsschock auslösen</translation>
    </message>
    <message>
        <source>Market makers withdraw, in the share set in the stress panel</source>
        <translation>Market Maker ziehen sich zurück, im Anteil der Stresstafel</translation>
    </message>
    <message>
        <source>&amp;Start training</source>
        <translation>Training &amp;starten</translation>
    </message>
    <message>
        <source>Train with the settings of the RL tab</source>
        <translation>Mit den Einstellungen der RL-Seite trainieren</translation>
    </message>
    <message>
        <source>Add to &amp;queue</source>
        <translation>In die &amp;Warteschlange</translation>
    </message>
    <message>
        <source>Train with them after the others</source>
        <translation>Damit nach den anderen trainieren</translation>
    </message>
    <message>
        <source>&amp;Pause training, or go on</source>
        <translation>Training an&amp;halten, oder weiter</translation>
    </message>
    <message>
        <source>After the running iteration</source>
        <translation>Nach der laufenden Iteration</translation>
    </message>
    <message>
        <source>S&amp;top training</source>
        <translation>Training &amp;beenden</translation>
    </message>
    <message>
        <source>Save the model and stop</source>
        <translation>Das Modell speichern und aufhören</translation>
    </message>
    <message>
        <source>Save a check&amp;point now</source>
        <translation>Jetzt &amp;zwischenspeichern</translation>
    </message>
    <message>
        <source>&amp;Load the model into the market</source>
        <translation>Modell in den Markt &amp;laden</translation>
    </message>
    <message>
        <source>The selected model</source>
        <translation>Das gewählte Modell</translation>
    </message>
    <message>
        <source>&amp;Evaluate the model…</source>
        <translation>Modell b&amp;ewerten…</translation>
    </message>
    <message>
        <source>Against rules, held-out days</source>
        <translation>Gegen einfache Regeln, an ungesehenen Tagen</translation>
    </message>
    <message>
        <source>Stress-test the &amp;model…</source>
        <translation>&amp;Modell unter Stress prüfen…</translation>
    </message>
    <message>
        <source>Every stress</source>
        <translation>Jeder Stress</translation>
    </message>
    <message>
        <source>&amp;Compare models</source>
        <translation>Modelle &amp;vergleichen</translation>
    </message>
    <message>
        <source>The selected ones</source>
        <translation>Die gewählten</translation>
    </message>
    <message>
        <source>&amp;Import a model…</source>
        <translation>Modell e&amp;inlesen…</translation>
    </message>
    <message>
        <source>From a file (.zip or .npz)</source>
        <translation>Aus einer Datei (.zip oder .npz)</translation>
    </message>
    <message>
        <source>Show the live &amp;agent</source>
        <translation>Lebenden A&amp;genten zeigen</translation>
    </message>
    <message>
        <source>What an RL trader sees</source>
        <translation>Was ein RL-Händler sieht</translation>
    </message>
    <message>
        <source>Show the trainings that &amp;wait</source>
        <translation>&amp;Wartende Trainings zeigen</translation>
    </message>
    <message>
        <source>The queue</source>
        <translation>Die Warteschlange</translation>
    </message>
    <message>
        <source>Show the &amp;Ray cluster</source>
        <translation>&amp;Ray-Verbund zeigen</translation>
    </message>
    <message>
        <source>Load and warnings</source>
        <translation>Last und Warnungen</translation>
    </message>
    <message>
        <source>&amp;Command palette…</source>
        <translation>&amp;Befehlspalette…</translation>
    </message>
    <message>
        <source>Find a command by a few letters</source>
        <translation>Einen Befehl mit wenigen Buchstaben finden</translation>
    </message>
    <message>
        <source>&amp;Market</source>
        <translation>&amp;Markt</translation>
    </message>
    <message>
        <source>Show the Market tab</source>
        <translation>Die Seite Markt zeigen</translation>
    </message>
    <message>
        <source>&amp;Analytics</source>
        <translation>&amp;Analyse</translation>
    </message>
    <message>
        <source>Show the Analytics tab</source>
        <translation>Die Seite Analyse zeigen</translation>
    </message>
    <message>
        <source>&amp;RL</source>
        <translation>&amp;RL</translation>
    </message>
    <message>
        <source>Show the RL tab</source>
        <translation>Die Seite RL zeigen</translation>
    </message>
    <message>
        <source>&amp;Overview</source>
        <translation>&amp;Überblick</translation>
    </message>
    <message>
        <source>Measures as they stream in</source>
        <translation>Messwerte, wie sie eintreffen</translation>
    </message>
    <message>
        <source>&amp;Traders</source>
        <translation>&amp;Händler</translation>
    </message>
    <message>
        <source>Who earns, holds and trades what</source>
        <translation>Wer was verdient, hält und handelt</translation>
    </message>
    <message>
        <source>&amp;Stress</source>
        <translation>&amp;Stress</translation>
    </message>
    <message>
        <source>A report of every stress of this run</source>
        <translation>Ein Bericht zu jedem Stress dieses Laufs</translation>
    </message>
    <message>
        <source>&amp;Returns</source>
        <translation>&amp;Renditen</translation>
    </message>
    <message>
        <source>Distribution of returns, memory</source>
        <translation>Verteilung der Renditen, Gedächtnis</translation>
    </message>
    <message>
        <source>&amp;Facts</source>
        <translation>&amp;Fakten</translation>
    </message>
    <message>
        <source>Stylised facts of the session so far</source>
        <translation>Stilisierte Fakten der bisherigen Sitzung</translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation>&amp;Vergleich</translation>
    </message>
    <message>
        <source>Runs side by side</source>
        <translation>Läufe nebeneinander</translation>
    </message>
    <message>
        <source>&amp;Measure the time shown</source>
        <translation>Gezeigte Zeit &amp;messen</translation>
    </message>
    <message>
        <source>Measure what the charts of Analytics show; or drag over a chart while Shift is held</source>
        <translation>Messen, was die Diagramme der Analyse zeigen; oder mit Umschalt über ein Diagramm ziehen</translation>
    </message>
    <message>
        <source>Close the measured &amp;window</source>
        <translation>Gemessenes &amp;Fenster schließen</translation>
    </message>
    <message>
        <source>Measure nothing</source>
        <translation>Nichts messen</translation>
    </message>
    <message>
        <source>Measure the stylised f&amp;acts</source>
        <translation>Stilisierte F&amp;akten messen</translation>
    </message>
    <message>
        <source>Measure the facts of the session so far, in another process</source>
        <translation>Die Fakten der bisherigen Sitzung in einem anderen Prozess messen</translation>
    </message>
    <message>
        <source>&amp;Add a saved run…</source>
        <translation>Gespeicherten Lauf &amp;hinzufügen…</translation>
    </message>
    <message>
        <source>Compare with a folder that “abm-desktop run --out” has written</source>
        <translation>Mit einem Ordner vergleichen, den „abm-desktop run --out“ geschrieben hat</translation>
    </message>
    <message>
        <source>Chart window: 30 &amp;seconds</source>
        <translation>Zeitspanne: 30 &amp;Sekunden</translation>
    </message>
    <message>
        <source>Show the last 30 seconds</source>
        <translation>Die letzten 30 Sekunden zeigen</translation>
    </message>
    <message>
        <source>Chart window: &amp;5 minutes</source>
        <translation>Zeitspanne: &amp;5 Minuten</translation>
    </message>
    <message>
        <source>Show the last 5 minutes</source>
        <translation>Die letzten 5 Minuten zeigen</translation>
    </message>
    <message>
        <source>Chart window: 30 &amp;minutes</source>
        <translation>Zeitspanne: 30 &amp;Minuten</translation>
    </message>
    <message>
        <source>Show the last 30 minutes</source>
        <translation>Die letzten 30 Minuten zeigen</translation>
    </message>
    <message>
        <source>Chart window: &amp;whole session</source>
        <translation>Zeitspanne: &amp;ganze Sitzung</translation>
    </message>
    <message>
        <source>Show everything so far</source>
        <translation>Alles bisherige zeigen</translation>
    </message>
    <message>
        <source>Order-book &amp;heatmap</source>
        <translation>&amp;Heatmap des Orderbuchs</translation>
    </message>
    <message>
        <source>Show the lots at each price as colour behind the price</source>
        <translation>Die Lots zu jedem Preis als Farbe hinter dem Preis zeigen</translation>
    </message>
    <message>
        <source>C&amp;andles</source>
        <translation>&amp;Kerzen</translation>
    </message>
    <message>
        <source>Show candles of the mid price instead of its line</source>
        <translation>Kerzen des Mittelkurses statt seiner Linie zeigen</translation>
    </message>
    <message>
        <source>&amp;Sum the flows</source>
        <translation>Flüsse s&amp;ummieren</translation>
    </message>
    <message>
        <source>Add up the flow of each class from the left edge of the chart on</source>
        <translation>Den Fluss jeder Klasse vom linken Rand des Diagramms an summieren</translation>
    </message>
    <message>
        <source>&amp;Log</source>
        <translation>&amp;Protokoll</translation>
    </message>
    <message>
        <source>What happened, with levels</source>
        <translation>Was geschah, mit Stufen</translation>
    </message>
    <message>
        <source>&amp;Notices</source>
        <translation>Mel&amp;dungen</translation>
    </message>
    <message>
        <source>Every notice of this session</source>
        <translation>Alle Meldungen dieser Sitzung</translation>
    </message>
    <message>
        <source>Reset &amp;layout</source>
        <translation>Anordnung &amp;zurücksetzen</translation>
    </message>
    <message>
        <source>Put every panel where it stood at first</source>
        <translation>Jede Tafel dorthin stellen, wo sie anfangs stand</translation>
    </message>
    <message>
        <source>&amp;Next theme</source>
        <translation>&amp;Nächste Farben</translation>
    </message>
    <message>
        <source>Dark, light, high contrast in turn</source>
        <translation>Dunkel, hell, hoher Kontrast der Reihe nach</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>&amp;Vollbild</translation>
    </message>
    <message>
        <source>Use the whole screen</source>
        <translation>Den ganzen Bildschirm benutzen</translation>
    </message>
    <message>
        <source>&amp;Tour</source>
        <translation>&amp;Rundgang</translation>
    </message>
    <message>
        <source>A short walk through the window</source>
        <translation>Ein kurzer Gang durch das Fenster</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
        <source>List every command and its keys</source>
        <translation>Jeden Befehl mit seinen Tasten auflisten</translation>
    </message>
    <message>
        <source>&amp;About ABM Desktop</source>
        <translation>Ü&amp;ber ABM Desktop</translation>
    </message>
    <message>
        <source>Version and licence</source>
        <translation>Version und Lizenz</translation>
    </message>
</context>
</TS>
