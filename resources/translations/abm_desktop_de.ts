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
        <translation>In einem Zeitdiagramm vergrößert das Mausrad (+, −), Ziehen (←, →) führt in die Vergangenheit, ein Doppelklick (Ende) zurück.
In der Orderleiter wählen die Pfeiltasten Kurs und Seite, Enter setzt dort eine Order oder storniert sie.
Tab wechselt zwischen den Bedienelementen; Dateien können überall auf dem Fenster abgelegt werden.</translation>
    </message>
    <message>
        <source>About ABM Desktop</source>
        <translation>Über ABM Desktop</translation>
    </message>
    <message>
        <source>A desktop market laboratory: deep-RL trading agents and algorithmic traders in one live limit order book, under stress.

Version {version} · MIT licence
Python {python} · Qt {qt}</source>
        <translation>Ein Marktlabor für den Schreibtisch: Deep-RL-Agenten und algorithmische Händler in einem lebenden Limit-Orderbuch, unter Stress.

Version {version} · MIT-Lizenz
Python {python} · Qt {qt}</translation>
    </message>
    <message>
        <source>from source</source>
        <translation>aus dem Quelltext</translation>
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
        <translation>A&amp;nalyse</translation>
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
        <source>not now</source>
        <translation>nicht jetzt</translation>
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
        <source>it cannot be written</source>
        <translation>sie lässt sich nicht schreiben</translation>
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
    <message>
        <source>compiling the market for this machine (first start only)</source>
        <translation>der Markt wird für diesen Rechner übersetzt (nur beim ersten Start)</translation>
    </message>
    <message>
        <source>loading {name}</source>
        <translation>{name} wird geladen</translation>
    </message>
    <message>
        <source>reading {name}</source>
        <translation>{name} wird gelesen</translation>
    </message>
    <message>
        <source>recovering {name}</source>
        <translation>{name} wird wiederhergestellt</translation>
    </message>
    <message>
        <source>forking the market</source>
        <translation>der Markt wird abgezweigt</translation>
    </message>
    <message>
        <source>resetting</source>
        <translation>der Markt wird zurückgesetzt</translation>
    </message>
    <message>
        <source>trading halted</source>
        <translation>Handel ausgesetzt</translation>
    </message>
    <message>
        <source>quoting resumed</source>
        <translation>Quotierung wieder aufgenommen</translation>
    </message>
    <message>
        <source>trading resumed</source>
        <translation>Handel wieder aufgenommen</translation>
    </message>
    <message>
        <source>opening auction</source>
        <translation>Eröffnungsauktion</translation>
    </message>
    <message>
        <source>closing auction</source>
        <translation>Schlussauktion</translation>
    </message>
    <message>
        <source>Starting a local Ray cluster</source>
        <translation>Ein lokaler Ray-Cluster wird gestartet</translation>
    </message>
    <message>
        <source>Joining the Ray cluster at {address}</source>
        <translation>Verbindung mit dem Ray-Cluster {address}</translation>
    </message>
    <message>
        <source>Compiling and warming up the markets</source>
        <translation>Die Märkte werden übersetzt und warmgelaufen</translation>
    </message>
    <message>
        <source>Training {name}</source>
        <translation>{name} wird trainiert</translation>
    </message>
    <message>
        <source>Judging {name}: held-out days, then every stress</source>
        <translation>{name} wird beurteilt: zurückgehaltene Tage, dann jeder Stress</translation>
    </message>
    <message>
        <source>{name} is paused</source>
        <translation>{name} pausiert</translation>
    </message>
    <message>
        <source>The last checkpoint is whole.</source>
        <translation>Der letzte Checkpoint ist unversehrt.</translation>
    </message>
    <message>
        <source>Most often memory ran out: use fewer workers or fewer markets per worker.</source>
        <translation>Meist reichte der Speicher nicht: nehmen Sie weniger Worker oder weniger Märkte je Worker.</translation>
    </message>
    <message>
        <source>The training process sent an unknown message.</source>
        <translation>Der Trainingsprozess sandte eine unbekannte Nachricht.</translation>
    </message>
    <message>
        <source>Lower the learning rate or the gradient limit.</source>
        <translation>Senken Sie die Lernrate oder die Gradientengrenze.</translation>
    </message>
    <message>
        <source>The last checkpoint is from before.</source>
        <translation>Der letzte Checkpoint ist von davor.</translation>
    </message>
    <message>
        <source>A sampling worker died.</source>
        <translation>Ein Worker ist abgestürzt.</translation>
    </message>
    <message>
        <source>Memory ran out.</source>
        <translation>Der Speicher reichte nicht.</translation>
    </message>
    <message>
        <source>Use fewer workers, fewer markets per worker, shorter rollouts or a smaller replay buffer.</source>
        <translation>Nehmen Sie weniger Worker, weniger Märkte je Worker, kürzere Rollouts oder einen kleineren Replay-Puffer.</translation>
    </message>
    <message>
        <source>The disk is full: {file}.</source>
        <translation>Die Platte ist voll: {file}.</translation>
    </message>
    <message>
        <source>Free some space, for example by deleting models.</source>
        <translation>Schaffen Sie Platz, zum Beispiel durch Löschen von Modellen.</translation>
    </message>
    <message>
        <source>Check the scenario: run it in the Market tab first.</source>
        <translation>Prüfen Sie das Szenario: lassen Sie es zuerst im Markt laufen.</translation>
    </message>
    <message>
        <source>The environment could not be made: {error}.</source>
        <translation>Die Umgebung ließ sich nicht herstellen: {error}.</translation>
    </message>
    <message>
        <source>The environment failed at reset: {error}.</source>
        <translation>Die Umgebung scheiterte beim Zurücksetzen: {error}.</translation>
    </message>
    <message>
        <source>The environment failed at a step: {error}.</source>
        <translation>Die Umgebung scheiterte bei einem Schritt: {error}.</translation>
    </message>
    <message>
        <source>Copy the details into a report; the last checkpoint, if there was one, is whole.</source>
        <translation>Kopieren Sie die Einzelheiten in eine Meldung; der letzte Checkpoint, falls es einen gab, ist unversehrt.</translation>
    </message>
    <message>
        <source>Training diverged: the gradient is not a finite number (loss {loss}).</source>
        <translation>Das Training divergierte: der Gradient ist keine endliche Zahl (Verlust {loss}).</translation>
    </message>
    <message>
        <source>Training diverged: the {quantity} is not a finite number.</source>
        <translation>Das Training divergierte: {quantity} ist keine endliche Zahl.</translation>
    </message>
    <message>
        <source>This training needs at least {needed} of memory ({parts}), but only {free} are free.</source>
        <translation>Dieses Training braucht mindestens {needed} Speicher ({parts}), frei sind aber nur {free}.</translation>
    </message>
    <message>
        <source>Or close other programs.</source>
        <translation>Oder schließen Sie andere Programme.</translation>
    </message>
    <message>
        <source>{error}</source>
        <translation>{error}</translation>
    </message>
    <message>
        <source>{kind}: {error}.</source>
        <translation>{kind}: {error}.</translation>
    </message>
    <message>
        <source>The training process ended unexpectedly (exit code {number}).</source>
        <translation>Der Trainingsprozess endete unerwartet (Rückgabewert {number}).</translation>
    </message>
    <message>
        <source>The training process ended unexpectedly (killed by signal {number}).</source>
        <translation>Der Trainingsprozess endete unerwartet (durch Signal {number} beendet).</translation>
    </message>
    <message>
        <source>Start the training again.</source>
        <translation>Starten Sie das Training erneut.</translation>
    </message>
    <message>
        <source>The training process got a command it does not know.</source>
        <translation>Der Trainingsprozess erhielt einen Befehl, den er nicht kennt.</translation>
    </message>
    <message>
        <source>The training process could not be started: {error}.</source>
        <translation>Der Trainingsprozess ließ sich nicht starten: {error}.</translation>
    </message>
    <message>
        <source>Free some memory and try again.</source>
        <translation>Geben Sie Speicher frei und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>Training was stopped before its first iteration ended.</source>
        <translation>Das Training wurde beendet, bevor seine erste Iteration zu Ende war.</translation>
    </message>
    <message>
        <source>The training process is ready</source>
        <translation>Der Trainingsprozess ist bereit</translation>
    </message>
    <message>
        <source>A sampling worker died and was replaced ({count} so far); most often memory ran out</source>
        <translation>Ein Worker ist abgestürzt und wurde ersetzt (bisher {count}); meist reichte der Speicher nicht</translation>
    </message>
    <message>
        <source>{asked} sampling workers on {processors} processors would cost memory and time: the training has {processors}, with rollouts longer by as much.</source>
        <translation>{asked} Sammelprozesse auf {processors} Prozessoren würden Speicher und Zeit kosten: das Training hat {processors}, mit entsprechend längeren Läufen.</translation>
    </message>
    <message>
        <source>{asked} sampling workers on 1 processor would cost memory and time: the training has 1, with rollouts longer by as much.</source>
        <translation>{asked} Sammelprozesse auf 1 Prozessor würden Speicher und Zeit kosten: das Training hat 1, mit entsprechend längeren Läufen.</translation>
    </message>
    <message>
        <source>{name} was trained but could not be evaluated: {error}.</source>
        <translation>{name} wurde trainiert, konnte aber nicht beurteilt werden: {error}.</translation>
    </message>
    <message>
        <source>{count} sampling workers died and were replaced.</source>
        <translation>{count} Worker sind abgestürzt und wurden ersetzt.</translation>
    </message>
    <message>
        <source>1 sampling worker died and was replaced.</source>
        <translation>1 Worker ist abgestürzt und wurde ersetzt.</translation>
    </message>
    <message>
        <source>{kind} could not be written: {error}.</source>
        <translation>{kind} konnte nicht geschrieben werden: {error}.</translation>
    </message>
    <message>
        <source>the training process {memory}</source>
        <translation>der Trainingsprozess {memory}</translation>
    </message>
    <message>
        <source>{count} workers {memory}</source>
        <translation>{count} Worker {memory}</translation>
    </message>
    <message>
        <source>{count} markets {memory}</source>
        <translation>{count} Märkte {memory}</translation>
    </message>
    <message>
        <source>{count:,} decisions an iteration {memory}</source>
        <translation>{count:,} Entscheidungen je Iteration {memory}</translation>
    </message>
    <message>
        <source>a replay buffer of {count:,} decisions {memory}</source>
        <translation>ein Replay-Puffer von {count:,} Entscheidungen {memory}</translation>
    </message>
    <message>
        <source>the actions carry almost no information (entropy below 15 %)</source>
        <translation>die Aktionen tragen kaum Information (Entropie unter 15 %)</translation>
    </message>
    <message>
        <source>the profit hardly varies: it hardly trades</source>
        <translation>der Gewinn schwankt kaum: es handelt kaum</translation>
    </message>
    <message>
        <source>less than one trade in ten minutes</source>
        <translation>weniger als ein Abschluss in zehn Minuten</translation>
    </message>
    <message>
        <source>the position is full more than half of the time</source>
        <translation>die Position ist mehr als die halbe Zeit voll</translation>
    </message>
    <message>
        <source>it decides the same whatever it sees</source>
        <translation>es entscheidet gleich, was es auch sieht</translation>
    </message>
    <message>
        <source>what it does tells nothing of what it sees (below 0.01 nats)</source>
        <translation>was es tut, sagt nichts über das, was es sieht (unter 0,01 Nat)</translation>
    </message>
    <message>
        <source>its profit cannot be told from that of {name}</source>
        <translation>sein Gewinn ist nicht von dem von {name} zu unterscheiden</translation>
    </message>
    <message>
        <source>Start it again: what is finished is kept.</source>
        <translation>Starten Sie es erneut: Fertiges bleibt erhalten.</translation>
    </message>
    <message>
        <source>The experiment&apos;s process sent an unknown message.</source>
        <translation>Der Prozess des Experiments sandte eine unbekannte Nachricht.</translation>
    </message>
    <message>
        <source>This is a fault of the program: please report it.</source>
        <translation>Das ist ein Fehler des Programms: bitte melden Sie ihn.</translation>
    </message>
    <message>
        <source>What is finished is kept.</source>
        <translation>Fertiges bleibt erhalten.</translation>
    </message>
    <message>
        <source>{most} stress events are active or planned already.</source>
        <translation>Es wirken oder warten schon {most} Stressereignisse.</translation>
    </message>
    <message>
        <source>Wait for one to end.</source>
        <translation>Warten Sie, bis eines endet.</translation>
    </message>
    <message>
        <source>No {kind} that began at {start:g} s acts any more.</source>
        <translation>Es wirkt kein {kind} mehr, der bei {start:g} s begann.</translation>
    </message>
    <message>
        <source>The price {price:g} is off the ladder of {low:g} to {high:g}.</source>
        <translation>Der Preis {price:g} liegt außerhalb der Preisleiter von {low:g} bis {high:g}.</translation>
    </message>
    <message>
        <source>There is room for {room} more traders, not for {count}.</source>
        <translation>Es ist noch Platz für {room} Händler, nicht für {count}.</translation>
    </message>
    <message>
        <source>The market holds {most} different policies already, the most it can.</source>
        <translation>Der Markt hat schon {most} verschiedene Strategien, mehr kann er nicht haben.</translation>
    </message>
    <message>
        <source>Let more traders share a policy.</source>
        <translation>Lassen Sie mehrere Händler eine Strategie teilen.</translation>
    </message>
    <message>
        <source>The market is closed: no auction can be called any more.</source>
        <translation>Der Markt ist geschlossen: Es kann keine Auktion mehr ausgerufen werden.</translation>
    </message>
    <message>
        <source>{traders} traders cannot start or stop in a running market.</source>
        <translation>Händler der Klasse {traders} können in einem laufenden Markt weder anfangen noch aufhören.</translation>
    </message>
    <message>
        <source>Reset it (Ctrl+R), or give a small rate.</source>
        <translation>Setzen Sie ihn zurück (Strg+R), oder geben Sie eine kleine Rate an.</translation>
    </message>
    <message>
        <source>The order was refused: {reason}.</source>
        <translation>Die Order wurde abgelehnt: {reason}.</translation>
    </message>
    <message>
        <source>{message}</source>
        <translation>{message}</translation>
    </message>
    <message>
        <source>{kind}: {error}</source>
        <translation>{kind}: {error}</translation>
    </message>
    <message>
        <source>There is no market yet.</source>
        <translation>Es gibt noch keinen Markt.</translation>
    </message>
    <message>
        <source>Open a scenario first (Ctrl+O).</source>
        <translation>Öffnen Sie zuerst ein Szenario (Strg+O).</translation>
    </message>
    <message>
        <source>This is a replay of recorded data, and this needs a simulated market.</source>
        <translation>Dies ist eine Wiedergabe aufgezeichneter Daten; dafür ist ein simulierter Markt nötig.</translation>
    </message>
    <message>
        <source>The recording has ended.</source>
        <translation>Die Aufzeichnung ist zu Ende.</translation>
    </message>
    <message>
        <source>Reset it (Ctrl+R) to play it again.</source>
        <translation>Setzen Sie sie zurück (Strg+R), um sie noch einmal abzuspielen.</translation>
    </message>
    <message>
        <source>The stress is to start at {at:g} s, but it is {now:g} s already.</source>
        <translation>Der Stress soll bei {at:g} s beginnen, aber es ist schon {now:g} s.</translation>
    </message>
    <message>
        <source>Choose a later time.</source>
        <translation>Wählen Sie einen späteren Zeitpunkt.</translation>
    </message>
    <message>
        <source>Cancelled. The market that was there goes on.</source>
        <translation>Abgebrochen. Der bisherige Markt läuft weiter.</translation>
    </message>
    <message>
        <source>The market was closed.</source>
        <translation>Der Markt wurde geschlossen.</translation>
    </message>
    <message>
        <source>This session cannot be recovered after a crash: {error}</source>
        <translation>Diese Sitzung kann nach einem Absturz nicht wiederhergestellt werden: {error}</translation>
    </message>
    <message>
        <source>The market cannot be shown as it was at {time:.1f} s ({error}).</source>
        <translation>Der Markt kann nicht gezeigt werden, wie er bei {time:.1f} s war ({error}).</translation>
    </message>
    <message>
        <source>Return to live (Ctrl+End).</source>
        <translation>Kehren Sie zur Gegenwart zurück (Strg+Ende).</translation>
    </message>
    <message>
        <source>the price is off the ladder</source>
        <translation>der Preis liegt außerhalb der Preisleiter</translation>
    </message>
    <message>
        <source>the book or its pool of stops and icebergs is full</source>
        <translation>das Orderbuch oder sein Vorrat an Stop- und Iceberg-Orders ist voll</translation>
    </message>
    <message>
        <source>a post-only order would trade at once</source>
        <translation>eine Post-only-Order würde sofort handeln</translation>
    </message>
    <message>
        <source>a fill-or-kill order cannot be filled completely</source>
        <translation>eine Fill-or-kill-Order kann nicht vollständig ausgeführt werden</translation>
    </message>
    <message>
        <source>there is no such order (any more)</source>
        <translation>es gibt diese Order nicht (mehr)</translation>
    </message>
    <message>
        <source>a fill-or-kill order needs continuous trading</source>
        <translation>eine Fill-or-kill-Order braucht fortlaufenden Handel</translation>
    </message>
    <message>
        <source>the market is closed</source>
        <translation>der Markt ist geschlossen</translation>
    </message>
    <message>
        <source>the order must rest longer before it can be cancelled</source>
        <translation>die Order muss länger ruhen, bevor sie gelöscht werden kann</translation>
    </message>
    <message>
        <source>too many messages for the trades made (order-to-trade cap)</source>
        <translation>zu viele Nachrichten für die getätigten Abschlüsse (Order-Abschluss-Obergrenze)</translation>
    </message>
    <message>
        <source>the kill switch has blocked this trader</source>
        <translation>der Not-Aus hat diesen Händler gesperrt</translation>
    </message>
    <message>
        <source>the quote to be replaced may not be cancelled yet</source>
        <translation>der zu ersetzende Kurs darf noch nicht gelöscht werden</translation>
    </message>
    <message>
        <source>the size is not 1 to 2,147,483,647 lots</source>
        <translation>die Größe liegt nicht zwischen 1 und 2.147.483.647 Lots</translation>
    </message>
    <message>
        <source>{kind} {magnitude:g}</source>
        <translation>{kind} {magnitude:g}</translation>
    </message>
    <message>
        <source>{count} RL {policy}</source>
        <translation>{count} RL {policy}</translation>
    </message>
    <message>
        <source>{count} RL</source>
        <translation>{count} RL</translation>
    </message>
    <message>
        <source>{count} clones</source>
        <translation>{count} Klone</translation>
    </message>
    <message>
        <source>{rule} on</source>
        <translation>{rule} an</translation>
    </message>
    <message>
        <source>{rule} off</source>
        <translation>{rule} aus</translation>
    </message>
    <message>
        <source>auction called for {seconds:g} s</source>
        <translation>Auktion für {seconds:g} s ausgerufen</translation>
    </message>
    <message>
        <source>forked</source>
        <translation>abgezweigt</translation>
    </message>
    <message>
        <source>trading status {status}</source>
        <translation>Handelsstatus {status}</translation>
    </message>
    <message>
        <source>opening auction: {size:,} at {price:.4f} (not in the volume)</source>
        <translation>Eröffnungsauktion: {size:,} zu {price:.4f} (nicht im Volumen)</translation>
    </message>
    <message>
        <source>closing auction: {size:,} at {price:.4f} (not in the volume)</source>
        <translation>Schlussauktion: {size:,} zu {price:.4f} (nicht im Volumen)</translation>
    </message>
    <message>
        <source>auction: {size:,} at {price:.4f} (not in the volume)</source>
        <translation>Auktion: {size:,} zu {price:.4f} (nicht im Volumen)</translation>
    </message>
    <message>
        <source>limit up, limit down</source>
        <translation>Kursband (Limit up, limit down)</translation>
    </message>
    <message>
        <source>market-wide breaker</source>
        <translation>Marktweite Unterbrechung</translation>
    </message>
    <message>
        <source>velocity logic</source>
        <translation>Geschwindigkeitslogik</translation>
    </message>
    <message>
        <source>volatility auction</source>
        <translation>Volatilitätsauktion</translation>
    </message>
    <message>
        <source>batch auction</source>
        <translation>Periodische Auktion</translation>
    </message>
    <message>
        <source>operator</source>
        <translation>Marktleitung</translation>
    </message>
    <message>
        <source>{count} orders refused: the book is full at {most} orders</source>
        <translation>{count} Orders abgelehnt: das Buch ist mit {most} Orders voll</translation>
    </message>
    <message>
        <source>{count} orders refused: the size is not 1 to {most:,} lots</source>
        <translation>{count} Orders abgelehnt: die Größe ist nicht 1 bis {most:,} Lots</translation>
    </message>
    <message>
        <source>{count} traders blocked by the kill switch</source>
        <translation>{count} Händler von der Notabschaltung gesperrt</translation>
    </message>
    <message>
        <source>{count} orders refused: price off the ladder</source>
        <translation>{count} Orders abgelehnt: Kurs außerhalb der Leiter</translation>
    </message>
    <message>
        <source>{count} events lost: the agenda is full</source>
        <translation>{count} Ereignisse verloren: der Terminkalender ist voll</translation>
    </message>
    <message>
        <source>spread above {ticks} ticks for more than {seconds:g} s outside a stress, from {since:g} s on: too few limit orders</source>
        <translation>Spread länger als {seconds:g} s über {ticks} Ticks ohne Stress, ab {since:g} s: zu wenige Limit-Orders</translation>
    </message>
    <message>
        <source>{count} rows differ from the recorded book</source>
        <translation>{count} Zeilen weichen vom aufgezeichneten Buch ab</translation>
    </message>
    <message>
        <source>parent orders are not followed in the window: use `abm-desktop facts`</source>
        <translation>Elternorders werden im Fenster nicht verfolgt: siehe `abm-desktop facts`</translation>
    </message>
    <message>
        <source>single messages are not kept in the window: use `abm-desktop facts`</source>
        <translation>einzelne Nachrichten hält das Fenster nicht: siehe `abm-desktop facts`</translation>
    </message>
    <message>
        <source>single quotes are not kept in the window: use `abm-desktop facts`</source>
        <translation>einzelne Quotes hält das Fenster nicht: siehe `abm-desktop facts`</translation>
    </message>
    <message>
        <source>the whole book is not kept in the window: use `abm-desktop facts`</source>
        <translation>das ganze Buch hält das Fenster nicht: siehe `abm-desktop facts`</translation>
    </message>
    <message>
        <source>too few data</source>
        <translation>zu wenige Daten</translation>
    </message>
    <message>
        <source>no drift is meant</source>
        <translation>keine Drift ist gewollt</translation>
    </message>
    <message>
        <source>the price does not move</source>
        <translation>der Kurs bewegt sich nicht</translation>
    </message>
    <message>
        <source>The run has {seconds:.0f} s so far, {least:.0f} s are the least.</source>
        <translation>Der Lauf hat bisher {seconds:.0f} s, mindestens {least:.0f} s sind nötig.</translation>
    </message>
    <message>
        <source>Let the market run on.</source>
        <translation>Lassen Sie den Markt weiterlaufen.</translation>
    </message>
    <message>
        <source>Kurtosis {first} min less {second} min</source>
        <translation>Wölbung {first} min weniger {second} min</translation>
    </message>
    <message>
        <source>Return autocorrelation, 1 min, lag {first}</source>
        <translation>Autokorrelation der Renditen, 1 min, Lag {first}</translation>
    </message>
    <message>
        <source>Bid-ask bounce: lag 1 of 1 s mid returns</source>
        <translation>Geld-Brief-Sprung: Lag 1 der Mittekursrenditen über 1 s</translation>
    </message>
    <message>
        <source>Bid-ask bounce: lag 1 of 1 s trade price returns</source>
        <translation>Geld-Brief-Sprung: Lag 1 der Abschlusskursrenditen über 1 s</translation>
    </message>
    <message>
        <source>Volatility clustering: lag {first} of |r|, 1 min</source>
        <translation>Volatilitätscluster: Lag {first} von |r|, 1 min</translation>
    </message>
    <message>
        <source>Depth: distance of its peak, ticks</source>
        <translation>Tiefe: Abstand ihres Gipfels, Ticks</translation>
    </message>
    <message>
        <source>Depth: at the best over at the peak</source>
        <translation>Tiefe: am besten Kurs durch Gipfel</translation>
    </message>
    <message>
        <source>Depth: decay exponent, 10-100 ticks</source>
        <translation>Tiefe: Abklingexponent, 10-100 Ticks</translation>
    </message>
    <message>
        <source>Signature plot: {first} s over 300 s</source>
        <translation>Signatur: {first} s durch 300 s</translation>
    </message>
    <message>
        <source>fewer than half of the paths get that far in a session</source>
        <translation>weniger als die Hälfte der Pfade kommt in einer Sitzung so weit</translation>
    </message>
    <message>
        <source>drifts: zero lies outside its {percent} % interval</source>
        <translation>driftet: null liegt außerhalb des {percent}-%-Intervalls</translation>
    </message>
    <message>
        <source>the scenario has no institutions</source>
        <translation>das Szenario hat keine Institutionen</translation>
    </message>
    <message>
        <source>messages were not recorded</source>
        <translation>Nachrichten wurden nicht aufgezeichnet</translation>
    </message>
    <message>
        <source>the file does not name the traders</source>
        <translation>die Datei nennt die Händler nicht</translation>
    </message>
    <message>
        <source>its {levels} levels reach {ticks:.0f} ticks, {needed} needed</source>
        <translation>seine {levels} Stufen reichen {ticks:.0f} Ticks weit, {needed} sind nötig</translation>
    </message>
    <message>
        <source>{done} of {total} groups of facts</source>
        <translation>{done} von {total} Gruppen von Fakten</translation>
    </message>
    <message>
        <source>Limit up, limit down</source>
        <translation>Kursband (Limit up, limit down)</translation>
    </message>
    <message>
        <source>Market breaker</source>
        <translation>Marktweite Unterbrechung</translation>
    </message>
    <message>
        <source>Velocity logic</source>
        <translation>Geschwindigkeitslogik</translation>
    </message>
    <message>
        <source>Volatility auction</source>
        <translation>Volatilitätsauktion</translation>
    </message>
    <message>
        <source>Price collar</source>
        <translation>Kursschranke</translation>
    </message>
    <message>
        <source>Transaction tax</source>
        <translation>Transaktionssteuer</translation>
    </message>
    <message>
        <source>Minimum resting time</source>
        <translation>Mindestverweildauer</translation>
    </message>
    <message>
        <source>Cancel fee</source>
        <translation>Stornogebühr</translation>
    </message>
    <message>
        <source>Order-to-trade cap</source>
        <translation>Grenze Order/Abschluss</translation>
    </message>
    <message>
        <source>Batch auction</source>
        <translation>Periodische Auktion</translation>
    </message>
    <message>
        <source>Kill switch</source>
        <translation>Notabschaltung</translation>
    </message>
    <message>
        <source>on</source>
        <translation>an</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>Algorithm</source>
        <translation>Algorithmus</translation>
    </message>
    <message>
        <source>PPO: proximal policy optimisation. DQN: double duelling Q-learning from a replay buffer. SAC: soft actor-critic for discrete actions.</source>
        <translation>PPO: Proximal Policy Optimization. DQN: Double Dueling Q-Learning aus einem Replay-Puffer. SAC: Soft Actor-Critic für diskrete Aktionen.</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>Scenario</source>
        <translation>Szenario</translation>
    </message>
    <message>
        <source>Name of a scenario, or the path of a scenario file, to train in.</source>
        <translation>Name eines Szenarios, oder Pfad einer Szenariodatei, in der trainiert wird.</translation>
    </message>
    <message>
        <source>Workers</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>Sampling processes beside the trainer. 0 samples in the trainer itself, which is fastest on one or two cores.</source>
        <translation>Prozesse, die neben dem Training Erfahrungen sammeln. Bei 0 sammelt das Training selbst; auf ein oder zwei Kernen ist das am schnellsten.</translation>
    </message>
    <message>
        <source>Iterations</source>
        <translation>Iterationen</translation>
    </message>
    <message>
        <source>Rounds of sampling and learning.</source>
        <translation>Runden aus Sammeln und Lernen.</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>Step size of the Adam optimiser.</source>
        <translation>Schrittweite des Optimierers Adam.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Seed of the markets, the first weights and the exploration; 0 to 699999999.</source>
        <translation>Startwert der Märkte, der ersten Gewichte und der Exploration; 0 bis 699999999.</translation>
    </message>
    <message>
        <source>Model name</source>
        <translation>Name des Modells</translation>
    </message>
    <message>
        <source>Name in the list of models. Empty: scenario, algorithm and a number.</source>
        <translation>Name in der Modellliste. Leer: Szenario, Algorithmus und eine Nummer.</translation>
    </message>
    <message>
        <source>Markets per worker</source>
        <translation>Märkte je Worker</translation>
    </message>
    <message>
        <source>Markets that each sampling process steps side by side.</source>
        <translation>Märkte, die jeder Sammelprozess nebeneinander führt.</translation>
    </message>
    <message>
        <source>Traders per market</source>
        <translation>Händler je Markt</translation>
    </message>
    <message>
        <source>RL traders that share one policy and trade with each other in every market; all of them learn.</source>
        <translation>RL-Händler, die sich eine Strategie teilen und in jedem Markt miteinander handeln; alle lernen.</translation>
    </message>
    <message>
        <source>Frozen opponents</source>
        <translation>Starre Gegner</translation>
    </message>
    <message>
        <source>Further traders in every market that follow an earlier copy of the policy that learns (self-play).</source>
        <translation>Weitere Händler in jedem Markt, die einer früheren Kopie der lernenden Strategie folgen (Self-Play).</translation>
    </message>
    <message>
        <source>Freeze every</source>
        <translation>Erneuern alle</translation>
    </message>
    <message>
        <source>Iterations after which the frozen opponents take over the newest policy.</source>
        <translation>Iterationen, nach denen die starren Gegner die neueste Strategie übernehmen.</translation>
    </message>
    <message>
        <source>Rollout length</source>
        <translation>Rollout-Länge</translation>
    </message>
    <message>
        <source>Decisions taken in each market per iteration.</source>
        <translation>Entscheidungen je Markt und Iteration.</translation>
    </message>
    <message>
        <source>Episode length</source>
        <translation>Länge einer Episode</translation>
    </message>
    <message>
        <source>Simulated seconds until an episode ends.</source>
        <translation>Simulierte Sekunden bis zum Ende einer Episode.</translation>
    </message>
    <message>
        <source>s</source>
        <translation>s</translation>
    </message>
    <message>
        <source>Stress share</source>
        <translation>Stressanteil</translation>
    </message>
    <message>
        <source>Share of the episodes in which a stress of random kind and severity strikes.</source>
        <translation>Anteil der Episoden, in denen ein Stress zufälliger Art und Stärke zuschlägt.</translation>
    </message>
    <message>
        <source>Quote size</source>
        <translation>Größe der Quotes</translation>
    </message>
    <message>
        <source>Maker: lots of each of its quotes, of a position limit of 40.</source>
        <translation>Market Maker: Lots jedes seiner Quotes, bei einem Positionslimit von 40.</translation>
    </message>
    <message>
        <source>Parent order</source>
        <translation>Große Order</translation>
    </message>
    <message>
        <source>Executor: lots of each order it is given; the side is drawn. Some 5 % of what the market trades in the time is usual; 120 lots in ten minutes are that in calm.</source>
        <translation>Ausführer: Lots jeder Order, die er bekommt; die Seite wird gelost. Üblich sind etwa 5 % dessen, was der Markt in der Zeit handelt; in calm sind das 120 Lots in zehn Minuten.</translation>
    </message>
    <message>
        <source>Time for it</source>
        <translation>Zeit dafür</translation>
    </message>
    <message>
        <source>Executor: simulated time it has for a parent order; then it is given the next. At most the length of an episode.</source>
        <translation>Ausführer: simulierte Zeit, die er für eine große Order hat; dann bekommt er die nächste. Höchstens die Länge einer Episode.</translation>
    </message>
    <message>
        <source>Gain damping</source>
        <translation>Gewinndämpfung</translation>
    </message>
    <message>
        <source>Share of the gains of a held position that is taken back. More than 0.01 makes holding nothing the best policy of a directional trader in most markets; a maker that shall not speculate needs some 0.6.</source>
        <translation>Anteil der Gewinne einer gehaltenen Position, der zurückgenommen wird. Mehr als 0,01 macht in den meisten Märkten das Nichtstun zur besten Strategie eines gerichteten Händlers; ein Market Maker, der nicht spekulieren soll, braucht etwa 0,6.</translation>
    </message>
    <message>
        <source>Inventory cost</source>
        <translation>Bestandskosten</translation>
    </message>
    <message>
        <source>Cost of a full position per decision, in standard deviations of its gain.</source>
        <translation>Kosten einer vollen Position je Entscheidung, in Standardabweichungen ihres Gewinns.</translation>
    </message>
    <message>
        <source>Fee</source>
        <translation>Gebühr</translation>
    </message>
    <message>
        <source>Cost of a traded lot beyond the spread that is really paid.</source>
        <translation>Kosten eines gehandelten Lots über den wirklich gezahlten Spread hinaus.</translation>
    </message>
    <message>
        <source>ticks</source>
        <translation>Ticks</translation>
    </message>
    <message>
        <source>The market was never at {time:g} s: it has run from 0 to {now:g} s.</source>
        <translation>Der Markt war nie bei {time:g} s: Er lief von 0 bis {now:g} s.</translation>
    </message>
    <message>
        <source>{amount:+.2f} a day</source>
        <translation>{amount:+.2f} je Tag</translation>
    </message>
    <message>
        <source>{amount:+.2f} a day, p = {p:.1e}</source>
        <translation>{amount:+.2f} je Tag, p = {p:.1e}</translation>
    </message>
    <message>
        <source>p = {p:.1e}, below {limit} is asked</source>
        <translation>p = {p:.1e}, verlangt ist unter {limit}</translation>
    </message>
    <message>
        <source>{lots:.1f} lots on average, below {most:.0f} is asked</source>
        <translation>im Mittel {lots:.1f} Lots, verlangt sind unter {most:.0f}</translation>
    </message>
    <message>
        <source>shortfall {cost:.3f} bp against {schedule:.3f}, p = {p:.1e}, below {limit} is asked</source>
        <translation>Kosten {cost:.3f} bp gegen {schedule:.3f}, p = {p:.1e}, verlangt ist unter {limit}</translation>
    </message>
    <message>
        <source>{share:.1%} of its lots left, below {most:.0%} is asked</source>
        <translation>{share:.1%} seiner Lots übrig, verlangt ist unter {most:.0%}</translation>
    </message>
    <message>
        <source>one action takes {share:.0%} of the decisions</source>
        <translation>eine Aktion macht {share:.0%} der Entscheidungen aus</translation>
    </message>
    <message>
        <source>one action, {name}, takes {share:.0%} of the decisions</source>
        <translation>eine Aktion, {name}, macht {share:.0%} der Entscheidungen aus</translation>
    </message>
    <message>
        <source>less than one quote is filled in ten minutes</source>
        <translation>weniger als ein gestellter Kurs wird in zehn Minuten ausgeführt</translation>
    </message>
    <message>
        <source>it closes at market more often than it quotes</source>
        <translation>sie schließt öfter zum Marktpreis, als sie Kurse stellt</translation>
    </message>
    <message>
        <source>Age of what a trader sees, seconds</source>
        <translation>Alter dessen, was ein Händler sieht, Sekunden</translation>
    </message>
    <message>
        <source>Time its messages take to the book, seconds</source>
        <translation>Zeit, die seine Nachrichten bis zum Buch brauchen, Sekunden</translation>
    </message>
    <message>
        <source>Both differ between traders by up to this share, uniformly</source>
        <translation>Beide unterscheiden sich zwischen Händlern um bis zu diesen Anteil, gleichverteilt</translation>
    </message>
    <message>
        <source>Number of accounts that share the flow; 0 switches it off</source>
        <translation>Zahl der Konten, die sich den Fluss teilen; 0 schaltet ihn ab</translation>
    </message>
    <message>
        <source>Limit orders per second at a = 1</source>
        <translation>Limit-Orders je Sekunde bei a = 1</translation>
    </message>
    <message>
        <source>1/s</source>
        <translation>1/s</translation>
    </message>
    <message>
        <source>Power of a by which the limit order rate grows</source>
        <translation>Potenz von a, mit der die Rate der Limit-Orders wächst</translation>
    </message>
    <message>
        <source>Market orders per second at a = 1</source>
        <translation>Market-Orders je Sekunde bei a = 1</translation>
    </message>
    <message>
        <source>Share of limit orders placed inside the spread</source>
        <translation>Anteil der Limit-Orders innerhalb des Spreads</translation>
    </message>
    <message>
        <source>Share of limit orders placed at the best price</source>
        <translation>Anteil der Limit-Orders am besten Kurs</translation>
    </message>
    <message>
        <source>Scale of the distance behind the best price, ticks</source>
        <translation>Skala des Abstands hinter dem besten Kurs, Ticks</translation>
    </message>
    <message>
        <source>Pareto tail exponent of that distance</source>
        <translation>Pareto-Exponent dieses Abstands</translation>
    </message>
    <message>
        <source>Largest distance behind the best price, ticks</source>
        <translation>Größter Abstand hinter dem besten Kurs, Ticks</translation>
    </message>
    <message>
        <source>Mean of the log of the limit order size</source>
        <translation>Mittelwert des Logarithmus der Größe von Limit-Orders</translation>
    </message>
    <message>
        <source>Standard deviation of the log of the limit order size</source>
        <translation>Standardabweichung des Logarithmus der Größe von Limit-Orders</translation>
    </message>
    <message>
        <source>Scale of an order&apos;s lifetime at the best price, seconds</source>
        <translation>Skala der Lebensdauer einer Order am besten Kurs, Sekunden</translation>
    </message>
    <message>
        <source>Distance over which the lifetime doubles, ticks</source>
        <translation>Abstand, über den sich die Lebensdauer verdoppelt, Ticks</translation>
    </message>
    <message>
        <source>Pareto tail exponent of the lifetime</source>
        <translation>Pareto-Exponent der Lebensdauer</translation>
    </message>
    <message>
        <source>Longest lifetime, seconds</source>
        <translation>Längste Lebensdauer, Sekunden</translation>
    </message>
    <message>
        <source>Pareto tail exponent of the market order size</source>
        <translation>Pareto-Exponent der Größe von Market-Orders</translation>
    </message>
    <message>
        <source>Largest market order, lots</source>
        <translation>Größte Market-Order, Lots</translation>
    </message>
    <message>
        <source>Number of market makers</source>
        <translation>Zahl der Market-Maker</translation>
    </message>
    <message>
        <source>Regular re-quotes per second, each maker</source>
        <translation>Regelmäßige neue Kursstellungen je Sekunde und Market-Maker</translation>
    </message>
    <message>
        <source>Chance to re-quote after a change of the mid</source>
        <translation>Wahrscheinlichkeit, nach einer Änderung der Mitte neu zu quotieren</translation>
    </message>
    <message>
        <source>Mean delay of that reaction, seconds</source>
        <translation>Mittlere Verzögerung dieser Reaktion, Sekunden</translation>
    </message>
    <message>
        <source>Shortest time between two re-quotes of one maker, seconds</source>
        <translation>Kürzeste Zeit zwischen zwei Kursstellungen eines Market-Makers, Sekunden</translation>
    </message>
    <message>
        <source>Shift of the reference price per half spread and unit of book imbalance</source>
        <translation>Verschiebung des Referenzkurses je halbem Spread und Einheit der Buchschieflage</translation>
    </message>
    <message>
        <source>Shift of the reference price at full inventory, ticks</source>
        <translation>Verschiebung des Referenzkurses bei vollem Bestand, Ticks</translation>
    </message>
    <message>
        <source>Pull of the reference price to the value estimate</source>
        <translation>Zug des Referenzkurses zur Wertschätzung</translation>
    </message>
    <message>
        <source>Error of a maker&apos;s value estimate, standard deviation of the log</source>
        <translation>Fehler der Wertschätzung eines Market-Makers, Standardabweichung des Logarithmus</translation>
    </message>
    <message>
        <source>Smallest half spread quoted, ticks</source>
        <translation>Kleinster gestellter halber Spread, Ticks</translation>
    </message>
    <message>
        <source>Half spread per unit of volatility (ticks per square root of a second)</source>
        <translation>Halber Spread je Einheit der Volatilität (Ticks je Wurzel einer Sekunde)</translation>
    </message>
    <message>
        <source>Price levels quoted per side</source>
        <translation>Gestellte Preisstufen je Seite</translation>
    </message>
    <message>
        <source>Gap between the levels per unit of volatility; never under 1 tick</source>
        <translation>Abstand der Stufen je Einheit der Volatilität; nie unter 1 Tick</translation>
    </message>
    <message>
        <source>Factor on the size quoted at a level, 1 is one lot on average, less when volatile or loaded</source>
        <translation>Faktor auf die Größe einer Stufe; 1 ist im Mittel ein Lot, weniger bei Volatilität oder vollem Bestand</translation>
    </message>
    <message>
        <source>Power by which the size falls when volatility is above its reference</source>
        <translation>Potenz, mit der die Größe fällt, wenn die Volatilität über ihrem Bezugswert liegt</translation>
    </message>
    <message>
        <source>Inventory beyond which a maker sells off at market, lots</source>
        <translation>Bestand, ab dem ein Market-Maker zum Marktpreis abbaut, Lots</translation>
    </message>
    <message>
        <source>Share of the inventory sold off at a time</source>
        <translation>Anteil des Bestands, der auf einmal abgebaut wird</translation>
    </message>
    <message>
        <source>Makers stop quoting above this multiple of long-run volatility</source>
        <translation>Über diesem Vielfachen der langfristigen Volatilität stellen Market-Maker keine Kurse mehr</translation>
    </message>
    <message>
        <source>Number of traders</source>
        <translation>Zahl der Händler</translation>
    </message>
    <message>
        <source>Decisions per second at a = 1, whole class</source>
        <translation>Entscheidungen je Sekunde bei a = 1, ganze Klasse</translation>
    </message>
    <message>
        <source>Lasting error of a trader&apos;s estimate, standard deviation of the log</source>
        <translation>Bleibender Fehler der Schätzung eines Händlers, Standardabweichung des Logarithmus</translation>
    </message>
    <message>
        <source>Fresh error per decision, as a multiple of the bias</source>
        <translation>Neuer Fehler je Entscheidung, als Vielfaches des bleibenden</translation>
    </message>
    <message>
        <source>Smallest mispricing acted on, log (log-uniform over traders)</source>
        <translation>Kleinste Fehlbewertung, auf die gehandelt wird, Logarithmus (log-gleichverteilt über die Händler)</translation>
    </message>
    <message>
        <source>Largest such threshold, log</source>
        <translation>Größte solche Schwelle, Logarithmus</translation>
    </message>
    <message>
        <source>Lots per unit of signal</source>
        <translation>Lots je Einheit des Signals</translation>
    </message>
    <message>
        <source>Largest signal, units</source>
        <translation>Größtes Signal, Einheiten</translation>
    </message>
    <message>
        <source>Chance to take liquidity rather than post a limit order</source>
        <translation>Wahrscheinlichkeit, Liquidität zu nehmen, statt eine Limit-Order zu stellen</translation>
    </message>
    <message>
        <source>Mispricing, in thresholds, beyond which liquidity is always taken</source>
        <translation>Fehlbewertung in Schwellen, ab der immer Liquidität genommen wird</translation>
    </message>
    <message>
        <source>Mean lifetime of a posted limit order, seconds</source>
        <translation>Mittlere Lebensdauer einer gestellten Limit-Order, Sekunden</translation>
    </message>
    <message>
        <source>Shortest trend horizon, seconds (log-uniform over traders)</source>
        <translation>Kürzester Trendhorizont, Sekunden (log-gleichverteilt über die Händler)</translation>
    </message>
    <message>
        <source>Longest trend horizon, seconds</source>
        <translation>Längster Trendhorizont, Sekunden</translation>
    </message>
    <message>
        <source>Trend strength to enter, standard deviations</source>
        <translation>Trendstärke für den Einstieg, Standardabweichungen</translation>
    </message>
    <message>
        <source>Trend strength below which a position is unwound</source>
        <translation>Trendstärke, unter der eine Position aufgelöst wird</translation>
    </message>
    <message>
        <source>Position limit, lots</source>
        <translation>Positionsgrenze, Lots</translation>
    </message>
    <message>
        <source>Number of institutions</source>
        <translation>Zahl der Institutionen</translation>
    </message>
    <message>
        <source>Child orders per second at a = 1, each institution</source>
        <translation>Teilorders je Sekunde bei a = 1 und Institution</translation>
    </message>
    <message>
        <source>Smallest parent order, lots</source>
        <translation>Kleinster Gesamtauftrag, Lots</translation>
    </message>
    <message>
        <source>Pareto tail exponent of the parent size</source>
        <translation>Pareto-Exponent der Größe von Gesamtaufträgen</translation>
    </message>
    <message>
        <source>Largest parent order, lots</source>
        <translation>Größter Gesamtauftrag, Lots</translation>
    </message>
    <message>
        <source>Pareto tail exponent of the child size</source>
        <translation>Pareto-Exponent der Größe von Teilorders</translation>
    </message>
    <message>
        <source>Largest child order, lots</source>
        <translation>Größte Teilorder, Lots</translation>
    </message>
    <message>
        <source>Mean pause between two parent orders, seconds</source>
        <translation>Mittlere Pause zwischen zwei Gesamtaufträgen, Sekunden</translation>
    </message>
    <message>
        <source>Power of the volatility of V by which their pace grows</source>
        <translation>Potenz der Volatilität von V, mit der ihr Tempo wächst</translation>
    </message>
    <message>
        <source>Log move of the price against a parent order that ends it; 0 is never</source>
        <translation>Logarithmische Kursbewegung gegen einen Gesamtauftrag, die ihn beendet; 0 ist nie</translation>
    </message>
    <message>
        <source>Number of traders, each with one order a session</source>
        <translation>Zahl der Händler, jeder mit einer Order je Sitzung</translation>
    </message>
    <message>
        <source>How long before the open the first may act; later ones to the close</source>
        <translation>Wie lange vor der Eröffnung der erste handeln darf; spätere bis zum Schluss</translation>
    </message>
    <message>
        <source>Mean time between two refreshes</source>
        <translation>Mittlere Zeit zwischen zwei Erneuerungen</translation>
    </message>
    <message>
        <source>Size of a level as a share of last minute&apos;s volume</source>
        <translation>Größe einer Stufe als Anteil am Volumen der letzten Minute</translation>
    </message>
    <message>
        <source>Price levels per side</source>
        <translation>Preisstufen je Seite</translation>
    </message>
    <message>
        <source>Gap between levels, in spreads</source>
        <translation>Abstand der Stufen, in Spreads</translation>
    </message>
    <message>
        <source>Weight of the newest spread in the average</source>
        <translation>Gewicht des neuesten Spreads im Mittel</translation>
    </message>
    <message>
        <source>Shift of the mid at one-sided flow, ticks</source>
        <translation>Verschiebung der Mitte bei einseitigem Fluss, Ticks</translation>
    </message>
    <message>
        <source>Smallest size of a level, lots</source>
        <translation>Kleinste Größe einer Stufe, Lots</translation>
    </message>
    <message>
        <source>Wake-ups per second, each trader</source>
        <translation>Weckrufe je Sekunde und Händler</translation>
    </message>
    <message>
        <source>Of an observation, ticks^2</source>
        <translation>Einer Beobachtung, Ticks^2</translation>
    </message>
    <message>
        <source>Believed pull to the start price, 1/s</source>
        <translation>Vermuteter Zug zum Anfangskurs, 1/s</translation>
    </message>
    <message>
        <source>Believed shocks, ticks^2 per second</source>
        <translation>Vermutete Schocks, Ticks^2 je Sekunde</translation>
    </message>
    <message>
        <source>Share of orders that take liquidity</source>
        <translation>Anteil der Orders, die Liquidität nehmen</translation>
    </message>
    <message>
        <source>Depth of the others behind it, in spreads</source>
        <translation>Tiefe der übrigen dahinter, in Spreads</translation>
    </message>
    <message>
        <source>Mean time between two looks</source>
        <translation>Mittlere Zeit zwischen zwei Blicken</translation>
    </message>
    <message>
        <source>Orders per second, each trader</source>
        <translation>Orders je Sekunde und Händler</translation>
    </message>
    <message>
        <source>Mean weight of the value</source>
        <translation>Mittleres Gewicht des Werts</translation>
    </message>
    <message>
        <source>Mean weight of the trend</source>
        <translation>Mittleres Gewicht des Trends</translation>
    </message>
    <message>
        <source>Mean weight of the noise</source>
        <translation>Mittleres Gewicht des Rauschens</translation>
    </message>
    <message>
        <source>Time in which the price is to reach the value</source>
        <translation>Zeit, in der der Kurs den Wert erreichen soll</translation>
    </message>
    <message>
        <source>Look-back and look-ahead of a trader with equal weights</source>
        <translation>Rückblick und Vorausblick eines Händlers mit gleichen Gewichten</translation>
    </message>
    <message>
        <source>Noise of the expected return, 1/sqrt(s)</source>
        <translation>Rauschen der erwarteten Rendite, 1/Wurzel(s)</translation>
    </message>
    <message>
        <source>An order stands up to this far on the safe side of the expected price</source>
        <translation>Eine Order steht bis zu so weit auf der sicheren Seite des erwarteten Kurses</translation>
    </message>
    <message>
        <source>Largest order, lots</source>
        <translation>Größte Order, Lots</translation>
    </message>
    <message>
        <source>Mean time an order stays</source>
        <translation>Mittlere Zeit, die eine Order bleibt</translation>
    </message>
    <message>
        <source>Directional: sells, holds or buys. maker: quotes a bid and an ask, and earns the spread. executor: works off one large order after another; its reward is minus the implementation shortfall, whatever the weights say.</source>
        <translation>Directional: verkauft, hält oder kauft. maker: stellt Geld und Brief und verdient den Spread. executor: arbeitet eine große Order nach der anderen ab; seine Belohnung ist der negative Implementation Shortfall, was immer die Gewichte sagen.</translation>
    </message>
    <message>
        <source>First fee</source>
        <translation>Anfangsgebühr</translation>
    </message>
    <message>
        <source>Added to the fee at the start and taken away over the curriculum. Half the spread, negative, lets a policy learn when to trade before it learns what trading costs.</source>
        <translation>Kommt am Anfang zur Gebühr hinzu und fällt im Lauf des Lehrplans weg. Der halbe Spread, negativ, lässt eine Strategie lernen, wann man handelt, bevor sie lernt, was es kostet.</translation>
    </message>
    <message>
        <source>Curriculum</source>
        <translation>Lehrplan</translation>
    </message>
    <message>
        <source>Share of the training over which the first fee is taken away.</source>
        <translation>Anteil des Trainings, über den die Anfangsgebühr wegfällt.</translation>
    </message>
    <message>
        <source>Minibatch size</source>
        <translation>Minibatch-Größe</translation>
    </message>
    <message>
        <source>Decisions per gradient step.</source>
        <translation>Entscheidungen je Gradientenschritt.</translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation>Spiegeln</translation>
    </message>
    <message>
        <source>Learn from every decision and from its mirror image as well: prices upside down, bought for sold. Keeps a policy from leaning to one side. For markets only.</source>
        <translation>Aus jeder Entscheidung und aus ihrem Spiegelbild lernen: Kurse auf dem Kopf, Kauf statt Verkauf. Bewahrt eine Strategie davor, zu einer Seite zu neigen. Nur für Märkte.</translation>
    </message>
    <message>
        <source>Final rate</source>
        <translation>Endrate</translation>
    </message>
    <message>
        <source>Share of the learning rate and of the entropy weight that is left at the end; both fall evenly.</source>
        <translation>Anteil der Lernrate und des Entropiegewichts, der am Ende bleibt; beide fallen gleichmäßig.</translation>
    </message>
    <message>
        <source>Discount</source>
        <translation>Diskontfaktor</translation>
    </message>
    <message>
        <source>Weight of a reward one decision later (gamma).</source>
        <translation>Gewicht einer Belohnung eine Entscheidung später (Gamma).</translation>
    </message>
    <message>
        <source>Gradient limit</source>
        <translation>Gradientengrenze</translation>
    </message>
    <message>
        <source>Largest norm of the gradient; a longer one is scaled down.</source>
        <translation>Größte Norm des Gradienten; ein längerer wird gekürzt.</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>Epochen</translation>
    </message>
    <message>
        <source>Passes over the sampled data per iteration.</source>
        <translation>Durchgänge durch die gesammelten Daten je Iteration.</translation>
    </message>
    <message>
        <source>GAE lambda</source>
        <translation>GAE-Lambda</translation>
    </message>
    <message>
        <source>Generalised advantage estimation: 0 = one step, 1 = whole return.</source>
        <translation>Generalized Advantage Estimation: 0 = ein Schritt, 1 = der ganze Ertrag.</translation>
    </message>
    <message>
        <source>Clip range</source>
        <translation>Clip-Bereich</translation>
    </message>
    <message>
        <source>How far the probability ratio may leave 1 in one update.</source>
        <translation>Wie weit das Wahrscheinlichkeitsverhältnis in einer Aktualisierung von 1 abweichen darf.</translation>
    </message>
    <message>
        <source>Entropy weight</source>
        <translation>Entropiegewicht</translation>
    </message>
    <message>
        <source>Reward for staying undecided; keeps the policy exploring.</source>
        <translation>Belohnung für Unentschiedenheit; lässt die Strategie weiter erkunden.</translation>
    </message>
    <message>
        <source>Value loss weight</source>
        <translation>Gewicht des Wertfehlers</translation>
    </message>
    <message>
        <source>Weight of the value function&apos;s squared error in the loss.</source>
        <translation>Gewicht des quadratischen Fehlers der Wertfunktion im Verlust.</translation>
    </message>
    <message>
        <source>Replay buffer</source>
        <translation>Replay-Puffer</translation>
    </message>
    <message>
        <source>Newest decisions kept to learn from.</source>
        <translation>Neueste Entscheidungen, aus denen gelernt wird.</translation>
    </message>
    <message>
        <source>Replay ratio</source>
        <translation>Replay-Verhältnis</translation>
    </message>
    <message>
        <source>How often each sampled decision is learned from, on average.</source>
        <translation>Wie oft im Mittel aus jeder Entscheidung gelernt wird.</translation>
    </message>
    <message>
        <source>Learning starts</source>
        <translation>Lernbeginn</translation>
    </message>
    <message>
        <source>Decisions in the replay buffer before the first gradient step.</source>
        <translation>Entscheidungen im Replay-Puffer vor dem ersten Gradientenschritt.</translation>
    </message>
    <message>
        <source>Steps per target</source>
        <translation>Schritte je Ziel</translation>
    </message>
    <message>
        <source>Rewards added up before the target network&apos;s value stands for the rest.</source>
        <translation>Belohnungen, die summiert werden, bevor der Wert des Zielnetzes für den Rest steht.</translation>
    </message>
    <message>
        <source>Target rate</source>
        <translation>Rate des Zielnetzes</translation>
    </message>
    <message>
        <source>How far the target network follows at every gradient step (tau).</source>
        <translation>Wie weit das Zielnetz bei jedem Gradientenschritt folgt (Tau).</translation>
    </message>
    <message>
        <source>Random actions</source>
        <translation>Zufallsaktionen</translation>
    </message>
    <message>
        <source>DQN: share of random decisions after the first part of the training; it falls to this from 1.</source>
        <translation>DQN: Anteil zufälliger Entscheidungen nach dem ersten Teil des Trainings; er fällt von 1 auf diesen.</translation>
    </message>
    <message>
        <source>Exploration</source>
        <translation>Exploration</translation>
    </message>
    <message>
        <source>DQN: share of the training over which random decisions become rare.</source>
        <translation>DQN: Anteil des Trainings, über den zufällige Entscheidungen selten werden.</translation>
    </message>
    <message>
        <source>First temperature</source>
        <translation>Anfangstemperatur</translation>
    </message>
    <message>
        <source>SAC: weight of the entropy at the start; it is then tuned to the target.</source>
        <translation>SAC: Gewicht der Entropie am Anfang; es wird dann auf das Ziel eingestellt.</translation>
    </message>
    <message>
        <source>Target entropy</source>
        <translation>Zielentropie</translation>
    </message>
    <message>
        <source>SAC: how undecided the policy shall stay, as a share of the entropy of choosing blindly.</source>
        <translation>SAC: wie unentschieden die Strategie bleiben soll, als Anteil der Entropie blinder Wahl.</translation>
    </message>
    <message>
        <source>Hidden layers</source>
        <translation>Verdeckte Schichten</translation>
    </message>
    <message>
        <source>Units of each hidden layer of policy and value function: one to three layers of 1 to 512 units, which is what a market can run.</source>
        <translation>Einheiten jeder verdeckten Schicht von Strategie und Wertfunktion: eine bis drei Schichten zu 1 bis 512 Einheiten; mehr kann ein Markt nicht rechnen.</translation>
    </message>
    <message>
        <source>Activation</source>
        <translation>Aktivierung</translation>
    </message>
    <message>
        <source>Nonlinearity of the hidden layers.</source>
        <translation>Nichtlinearität der verdeckten Schichten.</translation>
    </message>
    <message>
        <source>Shared layers</source>
        <translation>Geteilte Schichten</translation>
    </message>
    <message>
        <source>PPO: policy and value function share their hidden layers. Smaller, and trained by torch, which takes twice as long.</source>
        <translation>PPO: Strategie und Wertfunktion teilen sich die verdeckten Schichten. Kleiner, und von torch trainiert, was doppelt so lange dauert.</translation>
    </message>
    <message>
        <source>Trainer</source>
        <translation>Trainer</translation>
    </message>
    <message>
        <source>Go on from</source>
        <translation>Fortsetzen von</translation>
    </message>
    <message>
        <source>Name of a model with the same algorithm and network: training goes on from its weights and optimiser, as a new model. Empty: begin again.</source>
        <translation>Name eines Modells mit gleichem Algorithmus und Netz: Das Training geht von seinen Gewichten und seinem Optimierer weiter, als neues Modell. Leer: neu beginnen.</translation>
    </message>
    <message>
        <source>Save the buffer</source>
        <translation>Puffer speichern</translation>
    </message>
    <message>
        <source>Keep the replay buffer in the checkpoint (70 bytes a decision), so that going on from it goes on learning from it. Otherwise it is filled again.</source>
        <translation>Den Replay-Puffer im Checkpoint behalten (70 Byte je Entscheidung), damit beim Fortsetzen weiter aus ihm gelernt wird. Sonst wird er neu gefüllt.</translation>
    </message>
    <message>
        <source>Checkpoint every</source>
        <translation>Checkpoint alle</translation>
    </message>
    <message>
        <source>Iterations between checkpoints while training; 0 = only at the end.</source>
        <translation>Iterationen zwischen Checkpoints während des Trainings; 0 = nur am Ende.</translation>
    </message>
    <message>
        <source>Evaluate at the end</source>
        <translation>Am Ende bewerten</translation>
    </message>
    <message>
        <source>Once finished, compare the policy with simple rules on held-out days and put it under every stress. Takes about a minute; the results are kept with the model.</source>
        <translation>Nach dem Ende die Strategie an ungesehenen Tagen mit einfachen Regeln vergleichen und jedem Stress aussetzen. Dauert etwa eine Minute; die Ergebnisse bleiben beim Modell.</translation>
    </message>
    <message>
        <source>Evaluate in</source>
        <translation>Bewerten in</translation>
    </message>
    <message>
        <source>Scenarios of the held-out days at the end, separated by commas: where the policy shall trade, say. The first gives the verdict. Empty: that of the training.</source>
        <translation>Szenarien der zurückgehaltenen Tage am Ende, durch Kommas getrennt: etwa die, in denen die Strategie handeln soll. Das erste gibt das Urteil. Leer: das des Trainings.</translation>
    </message>
    <message>
        <source>Ray cluster</source>
        <translation>Ray-Cluster</translation>
    </message>
    <message>
        <source>Address of a running Ray cluster whose machines sample, e.g. 10.0.0.5:6379. Empty: a local one is started.</source>
        <translation>Adresse eines laufenden Ray-Clusters, dessen Rechner sammeln, z. B. 10.0.0.5:6379. Leer: ein lokaler wird gestartet.</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>beendet</translation>
    </message>
    <message>
        <source>unfinished</source>
        <translation>unfertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>imported</source>
        <translation>eingelesen</translation>
    </message>
    <message>
        <source>median</source>
        <translation>Median</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>mean without it</source>
        <translation>Mittel ohne sie</translation>
    </message>
    <message>
        <source>lots a day</source>
        <translation>Lots am Tag</translation>
    </message>
    <message>
        <source>sell/hold/buy</source>
        <translation>Verkauf/Halten/Kauf</translation>
    </message>
    <message>
        <source>right</source>
        <translation>richtig</translation>
    </message>
    <message>
        <source>fell/same/rose</source>
        <translation>gefallen/gleich/gestiegen</translation>
    </message>
    <message>
        <source>of spread</source>
        <translation>aus Spread</translation>
    </message>
    <message>
        <source>skew</source>
        <translation>Neigung</translation>
    </message>
    <message>
        <source>left</source>
        <translation>übrig</translation>
    </message>
    <message>
        <source>model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>evaluation</source>
        <translation>Bewertung</translation>
    </message>
    <message>
        <source>stress test</source>
        <translation>Stresstest</translation>
    </message>
    <message>
        <source>setting</source>
        <translation>Einstellung</translation>
    </message>
    <message>
        <source>decisions</source>
        <translation>Entscheidungen</translation>
    </message>
    <message>
        <source>reward</source>
        <translation>Belohnung</translation>
    </message>
    <message>
        <source>commit</source>
        <translation>Commit</translation>
    </message>
    <message>
        <source>went on from</source>
        <translation>fortgesetzt von</translation>
    </message>
    <message>
        <source>algorithm</source>
        <translation>Algorithmus</translation>
    </message>
    <message>
        <source>role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>scenario</source>
        <translation>Szenario</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>iterations</source>
        <translation>Iterationen</translation>
    </message>
    <message>
        <source>status</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>created</source>
        <translation>erstellt</translation>
    </message>
    <message>
        <source>version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>tags</source>
        <translation>Schlagworte</translation>
    </message>
    <message>
        <source>evaluated in</source>
        <translation>bewertet in</translation>
    </message>
    <message>
        <source>elsewhere</source>
        <translation>anderswo</translation>
    </message>
    <message>
        <source>median PnL a day</source>
        <translation>mittlerer G/V am Tag (Median)</translation>
    </message>
    <message>
        <source>mean PnL a day</source>
        <translation>mittlerer G/V am Tag</translation>
    </message>
    <message>
        <source>standard deviation</source>
        <translation>Standardabweichung</translation>
    </message>
    <message>
        <source>mean |inventory|</source>
        <translation>mittlerer |Bestand|</translation>
    </message>
    <message>
        <source>lots traded a day</source>
        <translation>gehandelte Lots am Tag</translation>
    </message>
    <message>
        <source>accuracy</source>
        <translation>Treffer</translation>
    </message>
    <message>
        <source>volatility x</source>
        <translation>Volatilität ×</translation>
    </message>
    <message>
        <source>of the value rule&apos;s profit</source>
        <translation>vom Gewinn der Wertregel</translation>
    </message>
    <message>
        <source>signs of degeneracy</source>
        <translation>Zeichen von Entartung</translation>
    </message>
    <message>
        <source>hold</source>
        <translation>halten</translation>
    </message>
    <message>
        <source>random</source>
        <translation>Zufall</translation>
    </message>
    <message>
        <source>buy and hold</source>
        <translation>kaufen und halten</translation>
    </message>
    <message>
        <source>TWAP in and out</source>
        <translation>TWAP hinein und hinaus</translation>
    </message>
    <message>
        <source>agent made symmetric</source>
        <translation>Agent, symmetrisch gemacht</translation>
    </message>
    <message>
        <source>warming up</source>
        <translation>Warmlaufen</translation>
    </message>
    <message>
        <source>matched markets</source>
        <translation>gepaarte Märkte</translation>
    </message>
    <message>
        <source>momentum 60 s</source>
        <translation>Momentum 60 s</translation>
    </message>
    <message>
        <source>against momentum 60 s</source>
        <translation>gegen Momentum 60 s</translation>
    </message>
    <message>
        <source>price-time priority</source>
        <translation>Preis-Zeit-Priorität</translation>
    </message>
    <message>
        <source>Median time of a fall over that of a gain</source>
        <translation>Mediane Zeit eines Falls durch die eines Gewinns</translation>
    </message>
    <message>
        <source>Metaorder impact: exponent delta</source>
        <translation>Wirkung von Elternorders: Exponent delta</translation>
    </message>
    <message>
        <source>Metaorder impact: prefactor Y</source>
        <translation>Wirkung von Elternorders: Vorfaktor Y</translation>
    </message>
    <message>
        <source>Single-trade impact: exponent psi</source>
        <translation>Wirkung eines Abschlusses: Exponent psi</translation>
    </message>
    <message>
        <source>Fat tails: Hill exponent, 1 min</source>
        <translation>Breite Enden: Hill-Exponent, 1 min</translation>
    </message>
    <message>
        <source>Excess kurtosis, 1 min</source>
        <translation>Exzess, 1 min</translation>
    </message>
    <message>
        <source>Moors kurtosis, 1 min</source>
        <translation>Wölbung nach Moors, 1 min</translation>
    </message>
    <message>
        <source>Kurtosis 30 min over 1 min</source>
        <translation>Wölbung 30 min durch 1 min</translation>
    </message>
    <message>
        <source>Sessions where Ljung-Box(10) rejects</source>
        <translation>Sitzungen, in denen Ljung-Box(10) verwirft</translation>
    </message>
    <message>
        <source>... allowing for clustered volatility</source>
        <translation>... mit Rücksicht auf Volatilitätscluster</translation>
    </message>
    <message>
        <source>Volatility clustering: decay exponent</source>
        <translation>Volatilitätscluster: Exponent des Abfalls</translation>
    </message>
    <message>
        <source>Volume-volatility correlation, 1 min</source>
        <translation>Korrelation von Volumen und Volatilität, 1 min</translation>
    </message>
    <message>
        <source>Leverage effect, mean over 1-10 min</source>
        <translation>Hebeleffekt, Mittel über 1-10 min</translation>
    </message>
    <message>
        <source>Skewness, 1 min</source>
        <translation>Schiefe, 1 min</translation>
    </message>
    <message>
        <source>Order signs: lag 1</source>
        <translation>Ordervorzeichen: Lag 1</translation>
    </message>
    <message>
        <source>Order signs: memory exponent gamma</source>
        <translation>Ordervorzeichen: Exponent des Gedächtnisses gamma</translation>
    </message>
    <message>
        <source>Spread: mean, ticks</source>
        <translation>Spread: Mittel, Ticks</translation>
    </message>
    <message>
        <source>Spread: widest, ticks</source>
        <translation>Spread: weitester, Ticks</translation>
    </message>
    <message>
        <source>Spread: seconds with a crossed book</source>
        <translation>Spread: Sekunden mit gekreuztem Buch</translation>
    </message>
    <message>
        <source>Spread: share of one tick</source>
        <translation>Spread: Anteil von einem Tick</translation>
    </message>
    <message>
        <source>Spread: Hill exponent of the top 0.2 %</source>
        <translation>Spread: Hill-Exponent der oberen 0,2 %</translation>
    </message>
    <message>
        <source>Volume at the best: gamma shape</source>
        <translation>Volumen an der Spitze: Gamma-Form</translation>
    </message>
    <message>
        <source>Volume at the best: sd over mean</source>
        <translation>Volumen an der Spitze: SD durch Mittel</translation>
    </message>
    <message>
        <source>Trade arrivals: Weibull shape</source>
        <translation>Ankunft der Abschlüsse: Weibull-Form</translation>
    </message>
    <message>
        <source>Trades a minute: variance over mean</source>
        <translation>Abschlüsse je Minute: Varianz durch Mittel</translation>
    </message>
    <message>
        <source>Mean return of a session, bp</source>
        <translation>Mittlere Rendite einer Sitzung, bp</translation>
    </message>
    <message>
        <source>Lifetimes of cancelled orders: exponent</source>
        <translation>Lebensdauer stornierter Orders: Exponent</translation>
    </message>
    <message>
        <source>Share of limit orders cancelled</source>
        <translation>Anteil stornierter Limit-Orders</translation>
    </message>
    <message>
        <source>Message arrivals: Weibull shape</source>
        <translation>Ankunft der Nachrichten: Weibull-Form</translation>
    </message>
    <message>
        <source>mean reversion 60 s</source>
        <translation>Gegenbewegung 60 s</translation>
    </message>
    <message>
        <source>order-book imbalance</source>
        <translation>Imbalance des Buchs</translation>
    </message>
    <message>
        <source>against order-book imbalance</source>
        <translation>gegen Imbalance des Buchs</translation>
    </message>
    <message>
        <source>median day</source>
        <translation>mittlerer Tag</translation>
    </message>
    <message>
        <source>against random</source>
        <translation>gegen Zufall</translation>
    </message>
    <message>
        <source>against imbalance</source>
        <translation>gegen Imbalance</translation>
    </message>
    <message>
        <source>against momentum</source>
        <translation>gegen Momentum</translation>
    </message>
    <message>
        <source>against Avellaneda-Stoikov</source>
        <translation>gegen Avellaneda-Stoikov</translation>
    </message>
    <message>
        <source>against TWAP</source>
        <translation>gegen TWAP</translation>
    </message>
    <message>
        <source>position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>finishes</source>
        <translation>wird fertig</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>Noise</translation>
    </message>
    <message>
        <source>Market makers</source>
        <translation>Market Maker</translation>
    </message>
    <message>
        <source>Fundamental</source>
        <translation>Fundamental</translation>
    </message>
    <message>
        <source>Momentum</source>
        <translation>Momentum</translation>
    </message>
    <message>
        <source>Institutions</source>
        <translation>Institutionelle</translation>
    </message>
    <message>
        <source>RL</source>
        <translation>RL</translation>
    </message>
    <message>
        <source>Stress seller</source>
        <translation>Stressverkäufer</translation>
    </message>
    <message>
        <source>You</source>
        <translation>Sie</translation>
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
        <source>mid</source>
        <translation>Mitte</translation>
    </message>
    <message>
        <source>value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Fast: own sampling, and gradients of standard networks as plain arrays. torch: own sampling, gradients by torch. rllib: RLlib as it comes, several times slower, to compare with.</source>
        <translation>Fast: eigenes Sammeln, Gradienten üblicher Netze als reine Arrays. torch: eigenes Sammeln, Gradienten von torch. rllib: RLlib, wie es ist, mehrfach langsamer, zum Vergleich.</translation>
    </message>
    <message>
        <source>spread</source>
        <translation>Spread</translation>
    </message>
    <message>
        <source>depth</source>
        <translation>Tiefe</translation>
    </message>
    <message>
        <source>Trading time</source>
        <translation>Handelszeit</translation>
    </message>
    <message>
        <source>Seconds of trading; halts do not count</source>
        <translation>Sekunden, in denen gehandelt wurde; Aussetzungen zählen nicht</translation>
    </message>
    <message>
        <source>Price change</source>
        <translation>Kursänderung</translation>
    </message>
    <message>
        <source>%</source>
        <translation>%</translation>
    </message>
    <message>
        <source>Last mid over the first, minus one</source>
        <translation>Letzte Mitte durch die erste, minus eins</translation>
    </message>
    <message>
        <source>Price range</source>
        <translation>Kursspanne</translation>
    </message>
    <message>
        <source>Highest mid over the lowest, minus one</source>
        <translation>Höchste Mitte durch die niedrigste, minus eins</translation>
    </message>
    <message>
        <source>Largest fall</source>
        <translation>Größter Rückgang</translation>
    </message>
    <message>
        <source>Largest fall of the mid below its highest</source>
        <translation>Größter Rückgang der Mitte unter ihren Höchststand</translation>
    </message>
    <message>
        <source>Realised volatility</source>
        <translation>Realisierte Volatilität</translation>
    </message>
    <message>
        <source>% a year</source>
        <translation>% p. a.</translation>
    </message>
    <message>
        <source>Root of the summed squared 10 s log returns, for a year (Andersen et al. 2003)</source>
        <translation>Wurzel der summierten quadrierten logarithmischen 10-s-Renditen, auf ein Jahr (Andersen et al. 2003)</translation>
    </message>
    <message>
        <source>Quoted spread</source>
        <translation>Quotierter Spread</translation>
    </message>
    <message>
        <source>bp</source>
        <translation>bp</translation>
    </message>
    <message>
        <source>Mean over time, over the mid</source>
        <translation>Zeitliches Mittel, im Verhältnis zur Mitte</translation>
    </message>
    <message>
        <source>Widest spread</source>
        <translation>Weitester Spread</translation>
    </message>
    <message>
        <source>Widest spread sampled</source>
        <translation>Weitester Spread der Stichproben</translation>
    </message>
    <message>
        <source>Effective spread</source>
        <translation>Effektiver Spread</translation>
    </message>
    <message>
        <source>What aggressors paid: twice the distance from the mid (Lee and Ready 1991)</source>
        <translation>Was Aggressoren zahlten: der doppelte Abstand von der Mitte (Lee und Ready 1991)</translation>
    </message>
    <message>
        <source>Realised spread, 30 s</source>
        <translation>Realisierter Spread, 30 s</translation>
    </message>
    <message>
        <source>What makers kept once the price had moved on (Huang and Stoll 1996)</source>
        <translation>Was Maker behielten, nachdem der Kurs weitergezogen war (Huang und Stoll 1996)</translation>
    </message>
    <message>
        <source>Price impact, 30 s</source>
        <translation>Kurseinfluss, 30 s</translation>
    </message>
    <message>
        <source>Effective less realised spread</source>
        <translation>Effektiver weniger realisierter Spread</translation>
    </message>
    <message>
        <source>Depth, 5 levels</source>
        <translation>Tiefe, 5 Stufen</translation>
    </message>
    <message>
        <source>lots</source>
        <translation>Lots</translation>
    </message>
    <message>
        <source>{displaced} take {room:.0f} % of the volume in this market, so RL traders cannot take the place of {share:g} % by displacing them only.</source>
        <translation>{displaced} machen in diesem Markt {room:.0f} % des Volumens aus; RL-Händler können also nicht {share:g} % ersetzen, wenn sie nur diese verdrängen.</translation>
    </message>
    <message>
        <source>Give smaller shares, or let more classes make room (rl.displaces).</source>
        <translation>Geben Sie kleinere Anteile an, oder lassen Sie mehr Klassen Platz machen (rl.displaces).</translation>
    </message>
    <message>
        <source>The cluster lost a task {attempts} times: {error}.</source>
        <translation>Der Cluster verlor eine Aufgabe {attempts}-mal: {error}.</translation>
    </message>
    <message>
        <source>Look after its nodes, then start again.</source>
        <translation>Sehen Sie nach seinen Knoten und starten Sie erneut.</translation>
    </message>
    <message>
        <source>Market {seed} was lost with its worker {attempts} times: {error}.</source>
        <translation>Markt {seed} ging {attempts}-mal mit seinem Worker verloren: {error}.</translation>
    </message>
    <message>
        <source>Market {seed} ended early {attempts} times.</source>
        <translation>Markt {seed} endete {attempts}-mal vorzeitig.</translation>
    </message>
    <message>
        <source>Most often memory ran out: use fewer workers, then start again.</source>
        <translation>Meist reichte der Speicher nicht: nehmen Sie weniger Worker und starten Sie erneut.</translation>
    </message>
    <message>
        <source>A market failed: {kind}: {error}.</source>
        <translation>Ein Markt scheiterte: {kind}: {error}.</translation>
    </message>
    <message>
        <source>The experiment failed: {kind}: {error}.</source>
        <translation>Das Experiment scheiterte: {kind}: {error}.</translation>
    </message>
    <message>
        <source>{file} cannot be used: {error}.</source>
        <translation>{file} lässt sich nicht verwenden: {error}.</translation>
    </message>
    <message>
        <source>Choose another folder (--out), or begin again (--fresh).</source>
        <translation>Wählen Sie einen anderen Ordner (--out), oder beginnen Sie neu (--fresh).</translation>
    </message>
    <message>
        <source>Another program runs this experiment already, in {folder}.</source>
        <translation>Ein anderes Programm führt dieses Experiment schon aus, in {folder}.</translation>
    </message>
    <message>
        <source>Wait for it, stop it, or choose another folder (--out).</source>
        <translation>Warten Sie darauf, halten Sie es an, oder wählen Sie einen anderen Ordner (--out).</translation>
    </message>
    <message>
        <source>{folder} cannot be written: {error}.</source>
        <translation>{folder} lässt sich nicht beschreiben: {error}.</translation>
    </message>
    <message>
        <source>Choose another folder (--out).</source>
        <translation>Wählen Sie einen anderen Ordner (--out).</translation>
    </message>
    <message>
        <source>There are no results in {folder}.</source>
        <translation>In {folder} liegen keine Ergebnisse.</translation>
    </message>
    <message>
        <source>Run the experiment first, or name its folder.</source>
        <translation>Führen Sie das Experiment zuerst aus, oder nennen Sie seinen Ordner.</translation>
    </message>
    <message>
        <source>{folder} has no experiment.toml.</source>
        <translation>In {folder} fehlt experiment.toml.</translation>
    </message>
    <message>
        <source>Copy the file into it.</source>
        <translation>Kopieren Sie die Datei hinein.</translation>
    </message>
    <message>
        <source>{folder} holds the results of another experiment, or of another version of this one.</source>
        <translation>{folder} enthält die Ergebnisse eines anderen Experiments oder einer anderen Fassung von diesem.</translation>
    </message>
    <message>
        <source>{file}: {error}.</source>
        <translation>{file}: {error}.</translation>
    </message>
    <message>
        <source>Run the experiment again: the runs of this part are made again, the others kept.</source>
        <translation>Führen Sie das Experiment erneut aus: die Läufe dieses Teils werden neu gemacht, die anderen behalten.</translation>
    </message>
    <message>
        <source>The experiment&apos;s process ended unexpectedly (exit code {number}).</source>
        <translation>Der Prozess des Experiments endete unerwartet (Rückgabewert {number}).</translation>
    </message>
    <message>
        <source>The experiment&apos;s process ended unexpectedly (killed by signal {number}).</source>
        <translation>Der Prozess des Experiments endete unerwartet (durch Signal {number} beendet).</translation>
    </message>
    <message>
        <source>If memory ran out, use fewer workers.</source>
        <translation>Reichte der Speicher nicht, nehmen Sie weniger Worker.</translation>
    </message>
    <message>
        <source>The experiment&apos;s process could not be started: {error}.</source>
        <translation>Der Prozess des Experiments ließ sich nicht starten: {error}.</translation>
    </message>
    <message>
        <source>Choose a time in between.</source>
        <translation>Wählen Sie einen Zeitpunkt dazwischen.</translation>
    </message>
    <message>
        <source>wait/quote/trade</source>
        <translation>warten/quotieren/handeln</translation>
    </message>
    <message>
        <source>shortfall, bp</source>
        <translation>Shortfall, bp</translation>
    </message>
    <message>
        <source>its sd, bp</source>
        <translation>dessen Std.-Abw., bp</translation>
    </message>
    <message>
        <source>Mean of both sides over time</source>
        <translation>Zeitliches Mittel beider Seiten</translation>
    </message>
    <message>
        <source>Depth at the best</source>
        <translation>Tiefe an der Spitze</translation>
    </message>
    <message>
        <source>Imbalance</source>
        <translation>Imbalance</translation>
    </message>
    <message>
        <source>(bid - ask) / (bid + ask) lots in five levels, mean</source>
        <translation>(Geld − Brief) / (Geld + Brief) der Lots auf fünf Stufen, Mittel</translation>
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
        <source>Aggressive orders filled; one may fill in parts</source>
        <translation>Ausgeführte aggressive Orders; eine kann in Teilen ausgeführt werden</translation>
    </message>
    <message>
        <source>Order-to-trade</source>
        <translation>Order/Abschluss</translation>
    </message>
    <message>
        <source>per trade</source>
        <translation>je Abschluss</translation>
    </message>
    <message>
        <source>Messages (orders, cancels, fills) for each trade</source>
        <translation>Nachrichten (Orders, Stornos, Ausführungen) je Abschluss</translation>
    </message>
    <message>
        <source>Amihud illiquidity</source>
        <translation>Illiquidität nach Amihud</translation>
    </message>
    <message>
        <source>per million</source>
        <translation>je Million</translation>
    </message>
    <message>
        <source>Mean |return| per million traded, 5 min bars (Amihud 2002); needs five minutes</source>
        <translation>Mittlere |Rendite| je Million Umsatz, 5-min-Balken (Amihud 2002); braucht fünf Minuten</translation>
    </message>
    <message>
        <source>Kyle&apos;s lambda</source>
        <translation>Kyles Lambda</translation>
    </message>
    <message>
        <source>bp a lot</source>
        <translation>bp je Lot</translation>
    </message>
    <message>
        <source>Impact of net bought lots, 5 min bars (Kyle 1985); needs forty minutes</source>
        <translation>Einfluss netto gekaufter Lots, 5-min-Balken (Kyle 1985); braucht vierzig Minuten</translation>
    </message>
    <message>
        <source>VPIN</source>
        <translation>VPIN</translation>
    </message>
    <message>
        <source>Imbalance of buckets of a usual minute&apos;s volume, mean of 50 (Easley et al. 2012)</source>
        <translation>Imbalance von Körben mit dem Volumen einer üblichen Minute, Mittel von 50 (Easley et al. 2012)</translation>
    </message>
    <message>
        <source>Excess volatility</source>
        <translation>Überschussvolatilität</translation>
    </message>
    <message>
        <source>Variance of the price over that of the fundamental value (Shiller 1981)</source>
        <translation>Varianz des Kurses im Verhältnis zu der des Fundamentalwerts (Shiller 1981)</translation>
    </message>
    <message>
        <source>Fall</source>
        <translation>Rückgang</translation>
    </message>
    <message>
        <source>Lowest mid within 15 min, against the median of the minute before</source>
        <translation>Niedrigste Mitte binnen 15 min, gegen den Median der Minute davor</translation>
    </message>
    <message>
        <source>Fall in daily volatilities</source>
        <translation>Rückgang in Tagesvolatilitäten</translation>
    </message>
    <message>
        <source>σ</source>
        <translation>σ</translation>
    </message>
    <message>
        <source>The fall over the volatility of a day as calm as before</source>
        <translation>Der Rückgang im Verhältnis zur Volatilität eines so ruhigen Tages wie davor</translation>
    </message>
    <message>
        <source>Largest excursion</source>
        <translation>Größter Ausschlag</translation>
    </message>
    <message>
        <source>Largest distance of the mid from before, up or down, within 15 min</source>
        <translation>Größter Abstand der Mitte von vorher, nach oben oder unten, binnen 15 min</translation>
    </message>
    <message>
        <source>Below fundamental value</source>
        <translation>Unter Fundamentalwert</translation>
    </message>
    <message>
        <source>Lowest mid relative to the fundamental value of the same moment</source>
        <translation>Niedrigste Mitte im Verhältnis zum Fundamentalwert desselben Augenblicks</translation>
    </message>
    <message>
        <source>Lowest after</source>
        <translation>Tiefststand nach</translation>
    </message>
    <message>
        <source>Trading seconds from the beginning to the lowest</source>
        <translation>Handelssekunden vom Beginn bis zum Tiefststand</translation>
    </message>
    <message>
        <source>Volatility × calm before</source>
        <translation>Volatilität × Ruhe davor</translation>
    </message>
    <message>
        <source>×</source>
        <translation>×</translation>
    </message>
    <message>
        <source>Realised volatility (10 s) of the stress over that of the calm before it, within this run. It tells what happened here, not what caused it: matched runs (Experiments) do</source>
        <translation>Realisierte Volatilität (10 s) des Stresses im Verhältnis zur Ruhe davor, in diesem Lauf. Sie sagt, was hier geschah, nicht wodurch: das tun gepaarte Läufe (Experimente)</translation>
    </message>
    <message>
        <source>Volatility in stress</source>
        <translation>Volatilität im Stress</translation>
    </message>
    <message>
        <source>Realised volatility of the 15 min from the beginning</source>
        <translation>Realisierte Volatilität der 15 min ab dem Beginn</translation>
    </message>
    <message>
        <source>Volatility in calm</source>
        <translation>Volatilität in Ruhe</translation>
    </message>
    <message>
        <source>Realised volatility of up to an hour before</source>
        <translation>Realisierte Volatilität von bis zu einer Stunde davor</translation>
    </message>
    <message>
        <source>Within 15 min</source>
        <translation>Binnen 15 min</translation>
    </message>
    <message>
        <source>Spread × calm before</source>
        <translation>Spread × Ruhe davor</translation>
    </message>
    <message>
        <source>Mean quoted spread against calm</source>
        <translation>Mittlerer quotierter Spread gegen Ruhe</translation>
    </message>
    <message>
        <source>Depth at its lowest</source>
        <translation>Geringste Tiefe</translation>
    </message>
    <message>
        <source>Five levels, mean of both sides</source>
        <translation>Fünf Stufen, Mittel beider Seiten</translation>
    </message>
    <message>
        <source>Depth × calm before</source>
        <translation>Tiefe × Ruhe davor</translation>
    </message>
    <message>
        <source>Mean depth against calm</source>
        <translation>Mittlere Tiefe gegen Ruhe</translation>
    </message>
    <message>
        <source>Price recovery t50</source>
        <translation>Kurserholung t50</translation>
    </message>
    <message>
        <source>From the lowest price until half of the way back has been made for 10 s on end; what the fundamental value lost is not waited for</source>
        <translation>Vom Tiefstkurs, bis 10 s lang der halbe Rückweg geschafft ist; was der Fundamentalwert verlor, wird nicht abgewartet</translation>
    </message>
    <message>
        <source>Price recovery t90</source>
        <translation>Kurserholung t90</translation>
    </message>
    <message>
        <source>As t50, nine tenths of the way</source>
        <translation>Wie t50, neun Zehntel des Weges</translation>
    </message>
    <message>
        <source>Spread resiliency t50</source>
        <translation>Resilienz des Spreads t50</translation>
    </message>
    <message>
        <source>From the widest spread until it is at most twice the usual for 10 s (Large 2007)</source>
        <translation>Vom weitesten Spread, bis er 10 s lang höchstens das Doppelte des üblichen ist (Large 2007)</translation>
    </message>
    <message>
        <source>Spread resiliency t90</source>
        <translation>Resilienz des Spreads t90</translation>
    </message>
    <message>
        <source>Until it is at most 1.11 times the usual</source>
        <translation>Bis er höchstens das 1,11-fache des üblichen ist</translation>
    </message>
    <message>
        <source>Depth resiliency t50</source>
        <translation>Resilienz der Tiefe t50</translation>
    </message>
    <message>
        <source>From the least depth until half of the usual is back for 10 s (Large 2007)</source>
        <translation>Von der geringsten Tiefe, bis 10 s lang die Hälfte der üblichen zurück ist (Large 2007)</translation>
    </message>
    <message>
        <source>Depth resiliency t90</source>
        <translation>Resilienz der Tiefe t90</translation>
    </message>
    <message>
        <source>Until 90 % is back</source>
        <translation>Bis 90 % zurück sind</translation>
    </message>
    <message>
        <source>Returns</source>
        <translation>Renditen</translation>
    </message>
    <message>
        <source>How many returns there are</source>
        <translation>Wie viele Renditen es gibt</translation>
    </message>
    <message>
        <source>Standard deviation</source>
        <translation>Standardabweichung</translation>
    </message>
    <message>
        <source>Of a return</source>
        <translation>Einer Rendite</translation>
    </message>
    <message>
        <source>Volatility</source>
        <translation>Volatilität</translation>
    </message>
    <message>
        <source>The same for a year</source>
        <translation>Dieselbe auf ein Jahr</translation>
    </message>
    <message>
        <source>Skewness</source>
        <translation>Schiefe</translation>
    </message>
    <message>
        <source>0 for a normal distribution</source>
        <translation>0 bei einer Normalverteilung</translation>
    </message>
    <message>
        <source>Excess kurtosis</source>
        <translation>Exzess (Wölbung)</translation>
    </message>
    <message>
        <source>0 for a normal distribution (Cont 2001)</source>
        <translation>0 bei einer Normalverteilung (Cont 2001)</translation>
    </message>
    <message>
        <source>Hill exponent</source>
        <translation>Hill-Exponent</translation>
    </message>
    <message>
        <source>Of the largest 5 % (Hill 1975); about 3 in real markets; needs 100 returns</source>
        <translation>Der größten 5 % (Hill 1975); etwa 3 in echten Märkten; braucht 100 Renditen</translation>
    </message>
    <message>
        <source>Smallest</source>
        <translation>Kleinste</translation>
    </message>
    <message>
        <source>In standard deviations</source>
        <translation>In Standardabweichungen</translation>
    </message>
    <message>
        <source>Largest</source>
        <translation>Größte</translation>
    </message>
    <message>
        <source>Autocorrelation, lag 1</source>
        <translation>Autokorrelation, Lag 1</translation>
    </message>
    <message>
        <source>Of returns</source>
        <translation>Der Renditen</translation>
    </message>
    <message>
        <source>The same of |returns|</source>
        <translation>Dieselbe der |Renditen|</translation>
    </message>
    <message>
        <source>Volatility clustering where positive</source>
        <translation>Volatilitätscluster, wo positiv</translation>
    </message>
    <message>
        <source>PASS</source>
        <translation>ERFÜLLT</translation>
    </message>
    <message>
        <source>WARN</source>
        <translation>KNAPP</translation>
    </message>
    <message>
        <source>FAIL</source>
        <translation>VERFEHLT</translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation>Startwert {seed}</translation>
    </message>
    <message>
        <source>{n} lots</source>
        <translation>{n} Lots</translation>
    </message>
    <message>
        <source>maker {maker}, taker {taker}</source>
        <translation>Maker {maker}, Taker {taker}</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>Bewerten</translation>
    </message>
    <message>
        <source>Stress test</source>
        <translation>Stresstest</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>shipped</source>
        <translation>mitgeliefert</translation>
    </message>
    <message>
        <source>seed {seed}, ABM Desktop {version}</source>
        <translation>Startwert {seed}, ABM Desktop {version}</translation>
    </message>
    <message>
        <source>commit {git}</source>
        <translation>Commit {git}</translation>
    </message>
    <message>
        <source>went on from {name}</source>
        <translation>fortgesetzt von {name}</translation>
    </message>
    <message>
        <source>{n} iterations</source>
        <translation>{n} Iterationen</translation>
    </message>
    <message>
        <source>in training: {shares}</source>
        <translation>im Training: {shares}</translation>
    </message>
    <message>
        <source>Mean profit a day with its 95 % interval</source>
        <translation>Mittlerer Gewinn am Tag mit 95-%-Intervall</translation>
    </message>
    <message>
        <source>Trader</source>
        <translation>Händler</translation>
    </message>
    <message>
        <source>sd</source>
        <translation>SD</translation>
    </message>
    <message>
        <source>drawdown</source>
        <translation>Drawdown</translation>
    </message>
    <message>
        <source>|position|</source>
        <translation>|Position|</translation>
    </message>
    <message>
        <source>p of the agent</source>
        <translation>p des Agenten</translation>
    </message>
    <message>
        <source>Agent and simple rules on the same days</source>
        <translation>Agent und einfache Regeln an denselben Tagen</translation>
    </message>
    <message>
        <source>degenerate</source>
        <translation>entartet</translation>
    </message>
    <message>
        <source>Evaluation of {name}</source>
        <translation>Bewertung von {name}</translation>
    </message>
    <message>
        <source>Volatility with the traders over that without, and its 95 % interval</source>
        <translation>Volatilität mit den Händlern im Verhältnis zu der ohne, mit 95-%-Intervall</translation>
    </message>
    <message>
        <source>Stress</source>
        <translation>Stress</translation>
    </message>
    <message>
        <source>size</source>
        <translation>Stärke</translation>
    </message>
    <message>
        <source>PnL</source>
        <translation>G/V</translation>
    </message>
    <message>
        <source>of holding</source>
        <translation>beim Halten</translation>
    </message>
    <message>
        <source>fall</source>
        <translation>Rückgang</translation>
    </message>
    <message>
        <source>without</source>
        <translation>ohne</translation>
    </message>
    <message>
        <source>recovery s</source>
        <translation>Erholung s</translation>
    </message>
    <message>
        <source>usual</source>
        <translation>üblich</translation>
    </message>
    <message>
        <source>Outcome of every stress</source>
        <translation>Ergebnis jedes Stresses</translation>
    </message>
    <message>
        <source>Stress test of {name}</source>
        <translation>Stresstest von {name}</translation>
    </message>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source>{scenario}, name chosen at its start</source>
        <translation>{scenario}, Name wird beim Start gewählt</translation>
    </message>
    <message>
        <source>{n} decisions</source>
        <translation>{n} Entscheidungen</translation>
    </message>
    <message>
        <source>{n} workers</source>
        <translation>{n} Worker</translation>
    </message>
    <message>
        <source>goes on from {name}</source>
        <translation>setzt {name} fort</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>angenommen</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>On {days} held-out days of {hours} hours in {scenario} its median day made {pnl}, with {lots} lots held on average.</source>
        <translation>An {days} ungesehenen Tagen zu {hours} Stunden in {scenario} brachte der mittlere Tag {pnl}, bei im Mittel {lots} gehaltenen Lots.</translation>
    </message>
    <message>
        <source>That is {ratio} of what the value rule makes.</source>
        <translation>Das sind {ratio} dessen, was die Wertregel bringt.</translation>
    </message>
    <message>
        <source>It meets every condition: accepted.</source>
        <translation>Jede Bedingung ist erfüllt: angenommen.</translation>
    </message>
    <message>
        <source>it fails {checks}</source>
        <translation>nicht erfüllt: {checks}</translation>
    </message>
    <message>
        <source>Rejected: {why}.</source>
        <translation>Abgelehnt: {why}.</translation>
    </message>
    <message>
        <source>Of a day&apos;s profit {spread} came from the spread.</source>
        <translation>Vom Gewinn eines Tages kamen {spread} aus dem Spread.</translation>
    </message>
    <message>
        <source>Its quotes lean against its position (slope {slope}).</source>
        <translation>Seine Quotes lehnen sich gegen seine Position (Steigung {slope}).</translation>
    </message>
    <message>
        <source>Its quotes lean with its position (slope {slope}).</source>
        <translation>Seine Quotes lehnen sich mit seiner Position (Steigung {slope}).</translation>
    </message>
    <message>
        <source>accepted in {scenarios} only</source>
        <translation>nur in {scenarios} angenommen</translation>
    </message>
    <message>
        <source>It holds {position} lots on average: of {pnl} a day {rest} are left without what that position earned.</source>
        <translation>Es hält im Mittel {position} Lots: von {pnl} am Tag bleiben {rest} ohne das, was diese Position verdient hat.</translation>
    </message>
    <message>
        <source>Made symmetric it earns {pnl} a day.</source>
        <translation>Symmetrisch gemacht verdient es {pnl} am Tag.</translation>
    </message>
    <message>
        <source>Its orders cost {cost} basis points, those of an even schedule {schedule}.</source>
        <translation>Seine Orders kosten {cost} Basispunkte, die eines gleichmäßigen Plans {schedule}.</translation>
    </message>
    <message>
        <source>No stress was tested.</source>
        <translation>Kein Stress wurde geprüft.</translation>
    </message>
    <message>
        <source>One trader</source>
        <translation>Ein Händler</translation>
    </message>
    <message>
        <source>{n} traders</source>
        <translation>{n} Händler</translation>
    </message>
    <message>
        <source>{who} with this policy in {scenario}, {n} matched pairs of markets a stress, with and without.</source>
        <translation>{who} mit dieser Strategie in {scenario}, {n} gepaarte Märkte je Stress, mit und ohne.</translation>
    </message>
    <message>
        <source>Volatility rises under {stresses}.</source>
        <translation>Die Volatilität steigt unter {stresses}.</translation>
    </message>
    <message>
        <source>It falls under {stresses}.</source>
        <translation>Sie fällt unter {stresses}.</translation>
    </message>
    <message>
        <source>No change of volatility can be told from chance (95 %).</source>
        <translation>Keine Änderung der Volatilität lässt sich vom Zufall unterscheiden (95 %).</translation>
    </message>
    <message>
        <source>It makes {mean} on average, least under {stress} ({least}).</source>
        <translation>Im Mittel bringt sie {mean}, am wenigsten unter {stress} ({least}).</translation>
    </message>
    <message>
        <source>{words} and {last}</source>
        <translation>{words} und {last}</translation>
    </message>
    <message>
        <source>fork at {time}</source>
        <translation>Abzweig bei {time}</translation>
    </message>
    <message>
        <source>{t} left</source>
        <translation>noch {t}</translation>
    </message>
    <message>
        <source>training {n} %</source>
        <translation>Training {n} %</translation>
    </message>
    <message>
        <source>experiment {n} %</source>
        <translation>Experiment {n} %</translation>
    </message>
    <message>
        <source>The training ends. What it has learnt since its last save is lost.</source>
        <translation>Das Training endet. Was seit dem letzten Speichern gelernt wurde, geht verloren.</translation>
    </message>
    <message>
        <source>Close while an agent is being trained?</source>
        <translation>Schließen, während ein Agent trainiert wird?</translation>
    </message>
    <message>
        <source>The experiment “{name}” ends. Its {n} finished runs are kept; “Resume” goes on with it.</source>
        <translation>Das Experiment „{name}“ endet. Seine {n} fertigen Läufe bleiben; „Fortsetzen“ führt es weiter.</translation>
    </message>
    <message>
        <source>Close while an experiment runs?</source>
        <translation>Schließen, während ein Experiment läuft?</translation>
    </message>
    <message>
        <source>Close while an agent is being trained and an experiment runs?</source>
        <translation>Schließen, während ein Agent trainiert wird und ein Experiment läuft?</translation>
    </message>
    <message>
        <source>spread ×{n}</source>
        <translation>Spread ×{n}</translation>
    </message>
    <message>
        <source>depth {share}</source>
        <translation>Tiefe {share}</translation>
    </message>
    <message>
        <source>{share} back</source>
        <translation>{share} zurück</translation>
    </message>
    <message>
        <source>back after {t}</source>
        <translation>zurück nach {t}</translation>
    </message>
    <message>
        <source>{name} was not opened</source>
        <translation>{name} wurde nicht geöffnet</translation>
    </message>
    <message>
        <source>The market that was running goes on unchanged. Mend the file, then open it again.</source>
        <translation>Der Markt, der lief, läuft unverändert weiter. Berichtigen Sie die Datei und öffnen Sie sie erneut.</translation>
    </message>
    <message>
        <source>There is no file {path}. It may have been moved or renamed; choose it again.</source>
        <translation>Es gibt keine Datei {path}. Sie wurde vielleicht verschoben oder umbenannt; wählen Sie sie neu.</translation>
    </message>
    <message>
        <source>You may not read {path}. Change its permissions, or copy it to your own folder.</source>
        <translation>Sie dürfen {path} nicht lesen. Ändern Sie die Rechte, oder kopieren Sie sie in einen eigenen Ordner.</translation>
    </message>
    <message>
        <source>{path} could not be read: {error}. Check the disk, or copy it.</source>
        <translation>{path} ließ sich nicht lesen: {error}. Prüfen Sie die Platte, oder kopieren Sie die Datei.</translation>
    </message>
    <message>
        <source>{error} ({kind}). Check that the file is whole.</source>
        <translation>{error} ({kind}). Prüfen Sie, ob die Datei vollständig ist.</translation>
    </message>
    <message>
        <source>the process for computations ended</source>
        <translation>Der Prozess für Berechnungen endete</translation>
    </message>
    <message>
        <source>{low:g} to {high:g}</source>
        <translation>{low:g} bis {high:g}</translation>
    </message>
</context>
<context>
    <name>AgentPanel</name>
    <message>
        <source>RL trader to look at</source>
        <translation>Betrachteter RL-Händler</translation>
    </message>
    <message>
        <source>Which of the RL traders, in order of arrival</source>
        <translation>Welcher der RL-Händler, in der Reihenfolge ihrer Ankunft</translation>
    </message>
    <message>
        <source>RL trader</source>
        <translation>RL-Händler</translation>
    </message>
    <message>
        <source>What the trader sees</source>
        <translation>Was der Händler sieht</translation>
    </message>
    <message>
        <source>What the trader would do now</source>
        <translation>Was der Händler jetzt täte</translation>
    </message>
    <message>
        <source>Probabilities of its policy at this moment; a trader decides every 5 s</source>
        <translation>Wahrscheinlichkeiten seiner Strategie in diesem Augenblick; ein Händler entscheidet alle 5 s</translation>
    </message>
    <message>
        <source>of {n}</source>
        <translation>von {n}</translation>
    </message>
    <message>
        <source>market paused    </source>
        <translation>Markt angehalten    </translation>
    </message>
    <message>
        <source>position {held} of ±{most} lots    PnL {pnl}    {n} decisions</source>
        <translation>Position {held} von ±{most} Lots    G/V {pnl}    {n} Entscheidungen</translation>
    </message>
    <message>
        <source>mid {mid}</source>
        <translation>Mitte {mid}</translation>
    </message>
    <message>
        <source>last: {action}</source>
        <translation>zuletzt: {action}</translation>
    </message>
    <message>
        <source>takes the likeliest</source>
        <translation>nimmt die wahrscheinlichste</translation>
    </message>
    <message>
        <source>draws by chance</source>
        <translation>wählt nach Zufall</translation>
    </message>
    <message>
        <source>The {n} features, clipped to ±5:
</source>
        <translation>Die {n} Merkmale, begrenzt auf ±5:
</translation>
    </message>
    <message>
        <source>No market is open</source>
        <translation>Kein Markt ist offen</translation>
    </message>
    <message>
        <source>Open a scenario (Ctrl+O); then load a model from the list into it.</source>
        <translation>Öffnen Sie ein Szenario (Strg+O) und laden Sie dann ein Modell aus der Liste hinein.</translation>
    </message>
    <message>
        <source>A replay has no traders</source>
        <translation>Eine Aufzeichnung hat keine Händler</translation>
    </message>
    <message>
        <source>Open a scenario (Ctrl+O) to let RL traders trade.</source>
        <translation>Öffnen Sie ein Szenario (Strg+O), um RL-Händler handeln zu lassen.</translation>
    </message>
    <message>
        <source>Looking at the RL trader</source>
        <translation>Der RL-Händler wird betrachtet</translation>
    </message>
    <message>
        <source>What it sees and how it decides comes with the next look at the market.</source>
        <translation>Was er sieht und wie er entscheidet, kommt mit dem nächsten Blick auf den Markt.</translation>
    </message>
    <message>
        <source>No RL trader is in the market</source>
        <translation>Kein RL-Händler ist im Markt</translation>
    </message>
    <message>
        <source>Select a model under “Models” and press “Load into market”. What it sees and how it decides is then shown here, live.</source>
        <translation>Wählen Sie unter „Modelle“ ein Modell und drücken Sie „In den Markt laden“. Was es sieht und wie es entscheidet, steht dann hier, laufend.</translation>
    </message>
    <message>
        <source>Price / 5-min average</source>
        <translation>Kurs / 5-min-Mittel</translation>
    </message>
    <message>
        <source>Fundamental gap</source>
        <translation>Abstand zum Wert</translation>
    </message>
    <message>
        <source>Volatility</source>
        <translation>Volatilität</translation>
    </message>
    <message>
        <source>Spread</source>
        <translation>Spread</translation>
    </message>
    <message>
        <source>Book imbalance</source>
        <translation>Imbalance des Buchs</translation>
    </message>
    <message>
        <source>Return 5 s</source>
        <translation>Rendite 5 s</translation>
    </message>
    <message>
        <source>Return 10 s</source>
        <translation>Rendite 10 s</translation>
    </message>
    <message>
        <source>Return 30 s</source>
        <translation>Rendite 30 s</translation>
    </message>
    <message>
        <source>Return 60 s</source>
        <translation>Rendite 60 s</translation>
    </message>
    <message>
        <source>Return 120 s</source>
        <translation>Rendite 120 s</translation>
    </message>
    <message>
        <source>Return 300 s</source>
        <translation>Rendite 300 s</translation>
    </message>
    <message>
        <source>Inventory</source>
        <translation>Bestand</translation>
    </message>
    <message>
        <source>Cash ratio</source>
        <translation>Kassenquote</translation>
    </message>
    <message>
        <source>log of the mid over its 5-minute average, in standard deviations</source>
        <translation>Logarithmus der Mitte durch ihr 5-Minuten-Mittel, in Standardabweichungen</translation>
    </message>
    <message>
        <source>log of the value it believes in over the mid, in standard deviations; the view is noisy and 5 s old</source>
        <translation>Logarithmus des geglaubten Werts durch die Mitte, in Standardabweichungen; die Sicht ist verrauscht und 5 s alt</translation>
    </message>
    <message>
        <source>log of the present volatility over the usual one</source>
        <translation>Logarithmus der jetzigen durch die übliche Volatilität</translation>
    </message>
    <message>
        <source>log of the spread over its average; 5 if a side is empty</source>
        <translation>Logarithmus des Spreads durch sein Mittel; 5, wo eine Seite leer ist</translation>
    </message>
    <message>
        <source>(bid depth - ask depth) / both, of five levels</source>
        <translation>(Geldtiefe − Brieftiefe) / beide, auf fünf Stufen</translation>
    </message>
    <message>
        <source>log return of the last 5 s, in its standard deviations</source>
        <translation>logarithmische Rendite der letzten 5 s, in ihren Standardabweichungen</translation>
    </message>
    <message>
        <source>log return of the last 10 s, in its standard deviations</source>
        <translation>logarithmische Rendite der letzten 10 s, in ihren Standardabweichungen</translation>
    </message>
    <message>
        <source>log return of the last 30 s, in its standard deviations</source>
        <translation>logarithmische Rendite der letzten 30 s, in ihren Standardabweichungen</translation>
    </message>
    <message>
        <source>log return of the last 60 s, in its standard deviations</source>
        <translation>logarithmische Rendite der letzten 60 s, in ihren Standardabweichungen</translation>
    </message>
    <message>
        <source>log return of the last 120 s, in its standard deviations</source>
        <translation>logarithmische Rendite der letzten 120 s, in ihren Standardabweichungen</translation>
    </message>
    <message>
        <source>log return of the last 300 s, in its standard deviations</source>
        <translation>logarithmische Rendite der letzten 300 s, in ihren Standardabweichungen</translation>
    </message>
    <message>
        <source>position over the most it may hold</source>
        <translation>Position im Verhältnis zur höchsten erlaubten</translation>
    </message>
    <message>
        <source>cash over the value of the largest position</source>
        <translation>Kasse im Verhältnis zum Wert der größten Position</translation>
    </message>
    <message>
        <source>Own bid&apos;s distance</source>
        <translation>Abstand eigenes Geld</translation>
    </message>
    <message>
        <source>from the mid, in halves of the average spread; 0 for no bid</source>
        <translation>von der Mitte, in halben mittleren Spreads; 0 ohne Geld</translation>
    </message>
    <message>
        <source>Own quote&apos;s distance</source>
        <translation>Abstand eigene Order</translation>
    </message>
    <message>
        <source>from the mid, in halves of the average spread; 0 for no quote</source>
        <translation>von der Mitte, in halben mittleren Spreads; 0 ohne Order</translation>
    </message>
    <message>
        <source>Own ask&apos;s distance</source>
        <translation>Abstand eigener Brief</translation>
    </message>
    <message>
        <source>from the mid, in halves of the average spread; 0 for no ask</source>
        <translation>von der Mitte, in halben mittleren Spreads; 0 ohne Brief</translation>
    </message>
    <message>
        <source>Bought since</source>
        <translation>Seither gekauft</translation>
    </message>
    <message>
        <source>lots bought since its last decision, over the size of a quote</source>
        <translation>seit der letzten Entscheidung gekaufte Lots, durch die Größe eines Quotes</translation>
    </message>
    <message>
        <source>Left to trade</source>
        <translation>Noch zu handeln</translation>
    </message>
    <message>
        <source>share of the parent order, negative if it sells</source>
        <translation>Anteil des Auftrags, negativ beim Verkauf</translation>
    </message>
    <message>
        <source>Time left</source>
        <translation>Restzeit</translation>
    </message>
    <message>
        <source>share of the parent order&apos;s time</source>
        <translation>Anteil der Zeit des Auftrags</translation>
    </message>
    <message>
        <source>Lag</source>
        <translation>Rückstand</translation>
    </message>
    <message>
        <source>share left to trade less share of the time left</source>
        <translation>Anteil, der noch zu handeln ist, weniger Anteil der Restzeit</translation>
    </message>
    <message>
        <source>Price / arrival</source>
        <translation>Preis / Ankunft</translation>
    </message>
    <message>
        <source>cost of the price&apos;s move since the parent order came, in its standard deviations; positive is against it</source>
        <translation>Kosten der Preisbewegung seit dem Auftrag, in ihren Standardabweichungen; positiv ist gegen ihn</translation>
    </message>
</context>
<context>
    <name>AnalyticsTab</name>
    <message>
        <source>Page {title}</source>
        <translation>Seite {title}</translation>
    </message>
    <message>
        <source>Time shown</source>
        <translation>Gezeigte Zeit</translation>
    </message>
    <message>
        <source>Analytics window {title}</source>
        <translation>Zeitfenster der Analyse {title}</translation>
    </message>
    <message>
        <source>Time shown in every chart of this page</source>
        <translation>Zeit, die jedes Diagramm dieser Seite zeigt</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Messen</translation>
    </message>
    <message>
        <source>Measure the time shown; or drag over a chart while Shift is held</source>
        <translation>Die gezeigte Zeit messen; oder mit Umschalt über ein Diagramm ziehen</translation>
    </message>
    <message>
        <source>Shift + drag measures a stretch of time</source>
        <translation>Umschalt + Ziehen misst eine Zeitspanne</translation>
    </message>
    <message>
        <source>The wheel zooms, a drag moves, a double click returns</source>
        <translation>Das Mausrad vergrößert, Ziehen verschiebt, ein Doppelklick führt zurück</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>Measures as they stream in</source>
        <translation>Messwerte, wie sie eintreffen</translation>
    </message>
    <message>
        <source>Traders</source>
        <translation>Händler</translation>
    </message>
    <message>
        <source>Who earns, holds and trades what</source>
        <translation>Wer was verdient, hält und handelt</translation>
    </message>
    <message>
        <source>Stress</source>
        <translation>Stress</translation>
    </message>
    <message>
        <source>A report of every stress of this run</source>
        <translation>Ein Bericht zu jedem Stress dieses Laufs</translation>
    </message>
    <message>
        <source>Returns</source>
        <translation>Renditen</translation>
    </message>
    <message>
        <source>Distribution of returns, memory</source>
        <translation>Verteilung der Renditen, Gedächtnis</translation>
    </message>
    <message>
        <source>Facts</source>
        <translation>Fakten</translation>
    </message>
    <message>
        <source>Stylised facts of the session so far</source>
        <translation>Stilisierte Fakten der bisherigen Sitzung</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>Runs side by side</source>
        <translation>Läufe nebeneinander</translation>
    </message>
    <message>
        <source>Experiments</source>
        <translation>Experimente</translation>
    </message>
    <message>
        <source>What a treatment does to many matched markets</source>
        <translation>Was eine Behandlung in vielen gepaarten Märkten bewirkt</translation>
    </message>
    <message>
        <source>10 min</source>
        <translation>10 min</translation>
    </message>
    <message>
        <source>1 h</source>
        <translation>1 h</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alles</translation>
    </message>
</context>
<context>
    <name>Autosave</name>
    <message>
        <source>This session cannot be recovered after a crash</source>
        <translation>Diese Sitzung lässt sich nach einem Absturz nicht wiederherstellen</translation>
    </message>
</context>
<context>
    <name>ChartBar</name>
    <message>
        <source>Show these charts</source>
        <translation>Diese Diagramme zeigen</translation>
    </message>
    <message>
        <source>Charts: {name}</source>
        <translation>Diagramme: {name}</translation>
    </message>
    <message>
        <source>Compare with ▾</source>
        <translation>Vergleichen mit ▾</translation>
    </message>
    <message>
        <source>Draw earlier trainings and stored models in the same charts</source>
        <translation>Frühere Trainings und gespeicherte Modelle in dieselben Diagramme zeichnen</translation>
    </message>
    <message>
        <source>Horizontal axis of the charts</source>
        <translation>Waagerechte Achse der Diagramme</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Glättung</translation>
    </message>
    <message>
        <source>Smoothing of the curves</source>
        <translation>Glättung der Kurven</translation>
    </message>
    <message>
        <source>How much of the past each point keeps (0: none); the faint line is as it is</source>
        <translation>Wie viel der Vergangenheit jeder Punkt behält (0: nichts); die blasse Linie ist ungeglättet</translation>
    </message>
    <message>
        <source>this training</source>
        <translation>dieses Training</translation>
    </message>
    <message>
        <source>Nothing to compare with yet: train a model first</source>
        <translation>Noch nichts zum Vergleichen: trainieren Sie erst ein Modell</translation>
    </message>
    <message>
        <source>None of them</source>
        <translation>Keines davon</translation>
    </message>
    <message>
        <source>At most {n} at a time; the first chosen gives way</source>
        <translation>Höchstens {n} zugleich; das zuerst gewählte weicht</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>Learning</source>
        <translation>Lernen</translation>
    </message>
    <message>
        <source>Trading</source>
        <translation>Handel</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Iterations</source>
        <translation>Iterationen</translation>
    </message>
    <message>
        <source>Decisions</source>
        <translation>Entscheidungen</translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation>Minuten</translation>
    </message>
</context>
<context>
    <name>ChartPanel</name>
    <message>
        <source>Menu of {chart}</source>
        <translation>Menü von {chart}</translation>
    </message>
    <message>
        <source>Save as picture or data, copy, reset, full screen</source>
        <translation>Als Bild oder Daten sichern, kopieren, zurücksetzen, Vollbild</translation>
    </message>
</context>
<context>
    <name>ClassTable</name>
    <message>
        <source>Accounts by trader type</source>
        <translation>Konten nach Händlerart</translation>
    </message>
</context>
<context>
    <name>ClusterPanel</name>
    <message>
        <source>Processor</source>
        <translation>Prozessor</translation>
    </message>
    <message>
        <source>Cores in use by the training process, Ray&apos;s own processes and the workers on this machine</source>
        <translation>Kerne, die der Trainingsprozess, Rays eigene Prozesse und die Worker auf diesem Rechner nutzen</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Memory of the same processes, and what is free on this machine</source>
        <translation>Speicher derselben Prozesse, und was auf diesem Rechner frei ist</translation>
    </message>
    <message>
        <source>Object store</source>
        <translation>Objektspeicher</translation>
    </message>
    <message>
        <source>Holds the samples of workers</source>
        <translation>Hält die gesammelten Daten der Worker</translation>
    </message>
    <message>
        <source>Workers</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>Sampling workers that answer, and how often one had to be started again</source>
        <translation>Worker, die antworten, und wie oft einer neu gestartet werden musste</translation>
    </message>
    <message>
        <source>Ray address</source>
        <translation>Ray-Adresse</translation>
    </message>
    <message>
        <source>Where another program can join this cluster</source>
        <translation>Wo ein anderes Programm diesem Cluster beitreten kann</translation>
    </message>
    <message>
        <source>No cluster runs</source>
        <translation>Kein Cluster läuft</translation>
    </message>
    <message>
        <source>It starts with a training and ends two minutes after the last. To train on other machines, give the address of a Ray cluster under “More settings”.</source>
        <translation>Er startet mit einem Training und endet zwei Minuten nach dem letzten. Um auf anderen Rechnern zu trainieren, geben Sie unter „Weitere Einstellungen“ die Adresse eines Ray-Clusters an.</translation>
    </message>
    <message>
        <source>Warnings of this session</source>
        <translation>Warnungen dieser Sitzung</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy all warnings to the clipboard</source>
        <translation>Alle Warnungen in die Zwischenablage kopieren</translation>
    </message>
    <message>
        <source>{used:.1f} of {cores} cores, {n} processes</source>
        <translation>{used:.1f} von {cores} Kernen, {n} Prozesse</translation>
    </message>
    <message>
        <source>{used}, {free} free</source>
        <translation>{used}, {free} frei</translation>
    </message>
    <message>
        <source>{used} of {size}</source>
        <translation>{used} von {size}</translation>
    </message>
    <message>
        <source>{n} of {wanted} answer</source>
        <translation>{n} von {wanted} antworten</translation>
    </message>
    <message>
        <source>none: the training process samples itself</source>
        <translation>keine: der Trainingsprozess sammelt selbst</translation>
    </message>
    <message>
        <source>{n} restarts</source>
        <translation>{n} Neustarts</translation>
    </message>
    <message>
        <source>local</source>
        <translation>lokal</translation>
    </message>
    <message>
        <source>joined</source>
        <translation>beigetreten</translation>
    </message>
    <message>
        <source>{n} nodes</source>
        <translation>{n} Knoten</translation>
    </message>
    <message>
        <source>1 node</source>
        <translation>1 Knoten</translation>
    </message>
    <message>
        <source>{n} slots</source>
        <translation>{n} Plätze</translation>
    </message>
    <message>
        <source>Warnings ({n})</source>
        <translation>Warnungen ({n})</translation>
    </message>
    <message>
        <source>No warnings</source>
        <translation>Keine Warnungen</translation>
    </message>
</context>
<context>
    <name>CompareCharts</name>
    <message>
        <source>Price</source>
        <translation>Kurs</translation>
    </message>
    <message>
        <source>% since the beginning of each run</source>
        <translation>% seit Beginn jedes Laufs</translation>
    </message>
    <message>
        <source>Realised volatility</source>
        <translation>Realisierte Volatilität</translation>
    </message>
    <message>
        <source>% a year · 5 min</source>
        <translation>% p. a. · 5 min</translation>
    </message>
    <message>
        <source>Quoted spread</source>
        <translation>Quotierter Spread</translation>
    </message>
    <message>
        <source>bp of mid · 60 s mean</source>
        <translation>bp der Mitte · 60-s-Mittel</translation>
    </message>
    <message>
        <source>{what} of the runs</source>
        <translation>{what} der Läufe</translation>
    </message>
</context>
<context>
    <name>CompareDialog</name>
    <message>
        <source>Compare models</source>
        <translation>Modelle vergleichen</translation>
    </message>
    <message>
        <source>Only what differs</source>
        <translation>Nur Unterschiede</translation>
    </message>
    <message>
        <source>Leave out the rows that are the same for all</source>
        <translation>Zeilen weglassen, die bei allen gleich sind</translation>
    </message>
    <message>
        <source>Draw their curves</source>
        <translation>Ihre Kurven zeichnen</translation>
    </message>
    <message>
        <source>Draw the curves of their trainings together</source>
        <translation>Die Kurven ihrer Trainings zusammen zeichnen</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy the table to the clipboard</source>
        <translation>Die Tabelle in die Zwischenablage kopieren</translation>
    </message>
    <message>
        <source>Property</source>
        <translation>Eigenschaft</translation>
    </message>
    <message>
        <source>Models side by side</source>
        <translation>Modelle nebeneinander</translation>
    </message>
</context>
<context>
    <name>ComparePage</name>
    <message>
        <source>Runs to compare</source>
        <translation>Läufe zum Vergleich</translation>
    </message>
    <message>
        <source>Space or a click on the box takes a run in or out</source>
        <translation>Leertaste oder ein Klick auf das Kästchen nimmt einen Lauf hinzu oder heraus</translation>
    </message>
    <message>
        <source>Add a saved run…</source>
        <translation>Lauf hinzufügen…</translation>
    </message>
    <message>
        <source>A folder that “abm-desktop run NAME --out FOLDER” has written</source>
        <translation>Ein Ordner, den „abm-desktop run NAME --out ORDNER“ geschrieben hat</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Take the chosen saved run off the list</source>
        <translation>Den gewählten gesicherten Lauf von der Liste nehmen</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Measures of the runs</source>
        <translation>Maße der Läufe</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Maß</translation>
    </message>
    <message>
        <source>Measures</source>
        <translation>Maße</translation>
    </message>
    <message>
        <source>Nothing to compare yet</source>
        <translation>Noch nichts zu vergleichen</translation>
    </message>
    <message>
        <source>Run the market (F5). Runs that you reset, reload or fork (Ctrl+Shift+B) stay here, and saved runs can be added.</source>
        <translation>Lassen Sie den Markt laufen (F5). Läufe, die Sie zurücksetzen, neu laden oder abzweigen (Strg+Umschalt+B), bleiben hier, und gesicherte Läufe können hinzukommen.</translation>
    </message>
    <message>
        <source>Now: {title}</source>
        <translation>Jetzt: {title}</translation>
    </message>
    <message>
        <source>{n} runs at a time are the most.</source>
        <translation>Höchstens {n} Läufe zugleich.</translation>
    </message>
    <message>
        <source>Add a saved run</source>
        <translation>Gesicherten Lauf hinzufügen</translation>
    </message>
    <message>
        <source>Reading {name} …</source>
        <translation>{name} wird gelesen …</translation>
    </message>
    <message>
        <source>Only saved runs can be removed; untick the others.</source>
        <translation>Nur gesicherte Läufe lassen sich entfernen; wählen Sie die anderen ab.</translation>
    </message>
    <message>
        <source>over the first {time}, which all of them have; Δ against the first</source>
        <translation>über die ersten {time}, die alle haben; Δ gegen den ersten</translation>
    </message>
    <message>
        <source>tick or add another run to see differences</source>
        <translation>für Unterschiede einen weiteren Lauf ankreuzen oder hinzufügen</translation>
    </message>
</context>
<context>
    <name>Controls</name>
    <message>
        <source>The session was copied as a Python script.</source>
        <translation>Die Sitzung wurde als Python-Skript kopiert.</translation>
    </message>
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
        <translation>Diagramm der kumulierten Tiefe</translation>
    </message>
    <message>
        <source>Lots resting at each price or better</source>
        <translation>Lots, die zu jedem Kurs oder besser im Buch liegen</translation>
    </message>
</context>
<context>
    <name>EffectsChart</name>
    <message>
        <source>Effect by level</source>
        <translation>Effekt nach Stufe</translation>
    </message>
    <message>
        <source>Effect by level, {group}</source>
        <translation>Effekt nach Stufe, {group}</translation>
    </message>
</context>
<context>
    <name>EvaluationDialog</name>
    <message>
        <source>The policy and simple rules trade the same held-out days. It is accepted if its median day earns money and it beats random trading, order-book imbalance and momentum with a small position.</source>
        <translation>Die Strategie und einfache Regeln handeln dieselben ungesehenen Tage. Sie wird angenommen, wenn ihr mittlerer Tag Geld verdient und sie mit kleiner Position Zufallshandel, Orderbuch-Imbalance und Momentum schlägt.</translation>
    </message>
    <message>
        <source>Held-out days</source>
        <translation>Ungesehene Tage</translation>
    </message>
    <message>
        <source>At least 6; more find less</source>
        <translation>Mindestens 6; mehr finden kleinere Unterschiede</translation>
    </message>
    <message>
        <source>Hours a day</source>
        <translation>Stunden am Tag</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Another one gives other held-out days</source>
        <translation>Ein anderer gibt andere ungesehene Tage</translation>
    </message>
</context>
<context>
    <name>ExperimentController</name>
    <message>
        <source>starting</source>
        <translation>startet</translation>
    </message>
    <message>
        <source>pausing</source>
        <translation>hält an</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>stopping</source>
        <translation>endet</translation>
    </message>
    <message>
        <source>writing the report</source>
        <translation>schreibt den Bericht</translation>
    </message>
</context>
<context>
    <name>ExperimentLists</name>
    <message>
        <source>Experiment files</source>
        <translation>Experimentdateien</translation>
    </message>
    <message>
        <source>Results of experiments</source>
        <translation>Ergebnisse von Experimenten</translation>
    </message>
    <message>
        <source>Open file…</source>
        <translation>Datei öffnen…</translation>
    </message>
    <message>
        <source>An experiment&apos;s file (.toml); or drop it here</source>
        <translation>Die Datei eines Experiments (.toml); oder hier ablegen</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Neu lesen</translation>
    </message>
    <message>
        <source>Read the lists of files and results again</source>
        <translation>Die Listen der Dateien und Ergebnisse neu lesen</translation>
    </message>
    <message>
        <source>Looking for them …</source>
        <translation>Sie werden gesucht …</translation>
    </message>
    <message>
        <source>None yet. Start an experiment.</source>
        <translation>Noch keine. Starten Sie ein Experiment.</translation>
    </message>
    <message>
        <source>Experiments</source>
        <translation>Experimente</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Ergebnisse</translation>
    </message>
    <message>
        <source>{n} runs</source>
        <translation>{n} Läufe</translation>
    </message>
    <message>
        <source>{n} of {total}</source>
        <translation>{n} von {total}</translation>
    </message>
    <message>
        <source> · running</source>
        <translation> · läuft</translation>
    </message>
    <message>
        <source> · unfinished</source>
        <translation> · unfertig</translation>
    </message>
    <message>
        <source> · no report</source>
        <translation> · kein Bericht</translation>
    </message>
</context>
<context>
    <name>ExperimentResult</name>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Make the runs that are missing</source>
        <translation>Die fehlenden Läufe rechnen</translation>
    </message>
    <message>
        <source>Write the report</source>
        <translation>Bericht schreiben</translation>
    </message>
    <message>
        <source>Of what is finished</source>
        <translation>Über das, was fertig ist</translation>
    </message>
    <message>
        <source>Open the full report</source>
        <translation>Ganzen Bericht öffnen</translation>
    </message>
    <message>
        <source>All figures and tables, in your web browser</source>
        <translation>Alle Abbildungen und Tabellen, im Webbrowser</translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation>Ordner zeigen</translation>
    </message>
    <message>
        <source>Where the results lie</source>
        <translation>Wo die Ergebnisse liegen</translation>
    </message>
    <message>
        <source>Export CSV…</source>
        <translation>CSV ausgeben…</translation>
    </message>
    <message>
        <source>Save every table of the report, and of the runs, into a folder</source>
        <translation>Jede Tabelle des Berichts und der Läufe in einen Ordner sichern</translation>
    </message>
    <message>
        <source>The answer in words</source>
        <translation>Die Antwort in Worten</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Maß</translation>
    </message>
    <message>
        <source>What the treatment changes; the primary one comes first</source>
        <translation>Was die Behandlung ändert; das primäre Maß zuerst</translation>
    </message>
    <message>
        <source>Effect</source>
        <translation>Effekt</translation>
    </message>
    <message>
        <source>Effects</source>
        <translation>Effekte</translation>
    </message>
    <message>
        <source>{n} runs</source>
        <translation>{n} Läufe</translation>
    </message>
    <message>
        <source>{n} of {total} runs</source>
        <translation>{n} von {total} Läufen</translation>
    </message>
    <message>
        <source>Nothing to compare yet</source>
        <translation>Noch nichts zu vergleichen</translation>
    </message>
    <message>
        <source>Two finished markets, with and without the treatment, are the least.</source>
        <translation>Mindestens zwei fertige Märkte, mit und ohne Behandlung, sind nötig.</translation>
    </message>
    <message>
        <source>Stress</source>
        <translation>Stress</translation>
    </message>
    <message>
        <source>Traders</source>
        <translation>Händler</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>95 % interval</source>
        <translation>95-%-Intervall</translation>
    </message>
    <message>
        <source>p (Holm)</source>
        <translation>p (Holm)</translation>
    </message>
    <message>
        <source>Markets</source>
        <translation>Märkte</translation>
    </message>
    <message>
        <source>Policies</source>
        <translation>Strategien</translation>
    </message>
    <message>
        <source>Mean change against the same market without the treatment</source>
        <translation>Mittlere Änderung gegen denselben Markt ohne Behandlung</translation>
    </message>
    <message>
        <source>Hierarchical bootstrap over policies and markets</source>
        <translation>Hierarchischer Bootstrap über Strategien und Märkte</translation>
    </message>
    <message>
        <source>Wilcoxon&apos;s signed-rank test; Holm&apos;s correction for secondary measures</source>
        <translation>Wilcoxon-Vorzeichen-Rang-Test; Holm-Korrektur für sekundäre Maße</translation>
    </message>
    <message>
        <source>So far: effects on the primary measure from {n} finished runs. The answer in words comes with the report.</source>
        <translation>Bisher: Effekte auf das primäre Maß aus {n} fertigen Läufen. Die Antwort in Worten kommt mit dem Bericht.</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>Grenzen</translation>
    </message>
    <message>
        <source>% change</source>
        <translation>Änderung in %</translation>
    </message>
    <message>
        <source>difference</source>
        <translation>Differenz</translation>
    </message>
    <message>
        <source>not shown: {names}</source>
        <translation>nicht gezeigt: {names}</translation>
    </message>
    <message>
        <source>{note}, by {level}, with 95 % intervals</source>
        <translation>{note}, nach {level}, mit 95-%-Intervallen</translation>
    </message>
</context>
<context>
    <name>ExperimentSetup</name>
    <message>
        <source>Time some runs</source>
        <translation>Läufe stoppen (Zeit)</translation>
    </message>
    <message>
        <source>Make and time a few runs in another process; takes a minute or two</source>
        <translation>Einige Läufe in einem anderen Prozess rechnen und ihre Zeit messen; dauert ein, zwei Minuten</translation>
    </message>
    <message>
        <source>Markets</source>
        <translation>Märkte</translation>
    </message>
    <message>
        <source>Matched markets, each with a seed of its own; more tell smaller effects</source>
        <translation>Gepaarte Märkte, jeder mit eigenem Startwert; mehr zeigen kleinere Effekte</translation>
    </message>
    <message>
        <source>Workers</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>Markets at a time, on a local Ray cluster; 0: one after the other, without</source>
        <translation>Märkte zugleich, auf einem lokalen Ray-Cluster; 0: einer nach dem anderen, ohne</translation>
    </message>
    <message>
        <source>local cluster</source>
        <translation>lokaler Cluster</translation>
    </message>
    <message>
        <source>Address of a Ray cluster</source>
        <translation>Adresse eines Ray-Clusters</translation>
    </message>
    <message>
        <source>HOST:6379 of a running Ray cluster; empty: one on this machine</source>
        <translation>HOST:6379 eines laufenden Ray-Clusters; leer: einer auf diesem Rechner</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Cells</source>
        <translation>Zellen</translation>
    </message>
    <message>
        <source>Traders</source>
        <translation>Händler</translation>
    </message>
    <message>
        <source>RL share</source>
        <translation>RL-Anteil</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>Teststärke</translation>
    </message>
    <message>
        <source>Effect</source>
        <translation>Effekt</translation>
    </message>
    <message>
        <source>Markets needed</source>
        <translation>Nötige Märkte</translation>
    </message>
    <message>
        <source>what the planned markets can tell</source>
        <translation>was die geplanten Märkte zeigen können</translation>
    </message>
    <message>
        <source>&amp;Markets</source>
        <translation>&amp;Märkte</translation>
    </message>
    <message>
        <source>&amp;Workers</source>
        <translation>&amp;Worker</translation>
    </message>
    <message>
        <source>&amp;Cluster</source>
        <translation>&amp;Cluster</translation>
    </message>
    <message>
        <source>The file asks no question in words.</source>
        <translation>Die Datei stellt keine Frage in Worten.</translation>
    </message>
    <message>
        <source>{cells} cells in {seeds} markets with {forks} shocks each: {total} runs</source>
        <translation>{cells} Zellen in {seeds} Märkten zu je {forks} Schocks: {total} Läufe</translation>
    </message>
    <message>
        <source>{cells} cells in {seeds} markets: {total} runs</source>
        <translation>{cells} Zellen in {seeds} Märkten: {total} Läufe</translation>
    </message>
    <message>
        <source> of the market “{scenario}”. Stress: {stresses}.</source>
        <translation> des Marktes „{scenario}“. Stress: {stresses}.</translation>
    </message>
    <message>
        <source>Rules: {rules}.</source>
        <translation>Regeln: {rules}.</translation>
    </message>
    <message>
        <source>Primary measure: {name}</source>
        <translation>Primäres Maß: {name}</translation>
    </message>
    <message>
        <source>, hypothesis at {level}</source>
        <translation>, Hypothese bei {level}</translation>
    </message>
    <message>
        <source> · the smallest</source>
        <translation> · der kleinste</translation>
    </message>
    <message>
        <source>A change of the ratio of this size, told at 5 % with a power of 80 %</source>
        <translation>Eine Änderung des Verhältnisses um so viel, erkannt bei 5 % mit einer Teststärke von 80 %</translation>
    </message>
    <message>
        <source>more policies</source>
        <translation>mehr Strategien</translation>
    </message>
    <message>
        <source>Stop timing</source>
        <translation>Zeitmessung beenden</translation>
    </message>
    <message>
        <source>{n} of {total} runs are there already.</source>
        <translation>{n} von {total} Läufen sind schon da.</translation>
    </message>
    <message>
        <source>About {time} on {n} idle cores, {ms} ms a run.</source>
        <translation>Etwa {time} auf {n} freien Kernen, {ms} ms je Lauf.</translation>
    </message>
    <message>
        <source>Timing some runs …</source>
        <translation>Läufe werden gestoppt …</translation>
    </message>
    <message>
        <source>How long it takes is not known yet.</source>
        <translation>Wie lange es dauert, ist noch nicht bekannt.</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Write the report again</source>
        <translation>Bericht neu schreiben</translation>
    </message>
    <message>
        <source>Make the runs that are not there yet, then write the report</source>
        <translation>Die noch fehlenden Läufe rechnen, dann den Bericht schreiben</translation>
    </message>
</context>
<context>
    <name>ExperimentStrip</name>
    <message>
        <source>Progress of the experiment</source>
        <translation>Fortschritt des Experiments</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Finish the runs under way, then wait</source>
        <translation>Die begonnenen Läufe beenden, dann warten</translation>
    </message>
    <message>
        <source>End now</source>
        <translation>Jetzt beenden</translation>
    </message>
    <message>
        <source>End the process at once; finished runs are kept</source>
        <translation>Den Prozess sofort beenden; fertige Läufe bleiben</translation>
    </message>
    <message>
        <source>End after the runs under way; finished runs are kept, to go on from</source>
        <translation>Nach den begonnenen Läufen enden; fertige Läufe bleiben, um von ihnen fortzusetzen</translation>
    </message>
    <message>
        <source>finding how many RL traders fill each share</source>
        <translation>ermittelt, wie viele RL-Händler jeden Anteil füllen</translation>
    </message>
    <message>
        <source>checking stylised facts</source>
        <translation>prüft stilisierte Fakten</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>startet</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>pausing after the runs under way</source>
        <translation>hält nach den begonnenen Läufen an</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>ending after the runs under way</source>
        <translation>endet nach den begonnenen Läufen</translation>
    </message>
    <message>
        <source>writing the report</source>
        <translation>schreibt den Bericht</translation>
    </message>
    <message>
        <source>{n} of {total} runs</source>
        <translation>{n} von {total} Läufen</translation>
    </message>
    <message>
        <source>markets done: {n}</source>
        <translation>fertige Märkte: {n}</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>noch {time}</translation>
    </message>
    <message>
        <source>{n} workers lost</source>
        <translation>{n} Worker verloren</translation>
    </message>
</context>
<context>
    <name>ExperimentsPage</name>
    <message>
        <source>Ask the market a question</source>
        <translation>Stellen Sie dem Markt eine Frage</translation>
    </message>
    <message>
        <source>An experiment runs many matched markets with and without a treatment, and tells the difference with confidence intervals. Choose one at the left, or open a file.</source>
        <translation>Ein Experiment rechnet viele gepaarte Märkte mit und ohne Behandlung und nennt den Unterschied mit Konfidenzintervallen. Wählen Sie links eines, oder öffnen Sie eine Datei.</translation>
    </message>
    <message>
        <source>This could not be read</source>
        <translation>Das ließ sich nicht lesen</translation>
    </message>
    <message>
        <source>Open an experiment</source>
        <translation>Experiment öffnen</translation>
    </message>
    <message>
        <source>Experiments (*.toml)</source>
        <translation>Experimente (*.toml)</translation>
    </message>
    <message>
        <source>{name} is not a valid experiment</source>
        <translation>{name} ist kein gültiges Experiment</translation>
    </message>
    <message>
        <source>Mend the file, then choose it again.</source>
        <translation>Berichtigen Sie die Datei und wählen Sie sie erneut.</translation>
    </message>
    <message>
        <source>An experiment runs already; cancel it first.</source>
        <translation>Ein Experiment läuft schon; brechen Sie es erst ab.</translation>
    </message>
    <message>
        <source>“{name}” is finished: {n} of {total} runs</source>
        <translation>„{name}“ ist fertig: {n} von {total} Läufen</translation>
    </message>
    <message>
        <source>“{name}” was ended; what is finished is kept</source>
        <translation>„{name}“ wurde beendet; Fertiges bleibt erhalten</translation>
    </message>
    <message>
        <source>The experiment cannot go on</source>
        <translation>Das Experiment kann nicht weiterlaufen</translation>
    </message>
    <message>
        <source>Reading the results</source>
        <translation>Ergebnisse werden gelesen</translation>
    </message>
    <message>
        <source>No run is finished</source>
        <translation>Kein Lauf ist fertig</translation>
    </message>
    <message>
        <source>Press “Resume” to go on with it.</source>
        <translation>Drücken Sie „Fortsetzen“, um es weiterzuführen.</translation>
    </message>
    <message>
        <source>These results cannot be shown</source>
        <translation>Diese Ergebnisse lassen sich nicht zeigen</translation>
    </message>
    <message>
        <source>Export the tables</source>
        <translation>Tabellen ausgeben</translation>
    </message>
    <message>
        <source>{n} tables were saved in {folder}.</source>
        <translation>{n} Tabellen wurden in {folder} gesichert.</translation>
    </message>
</context>
<context>
    <name>FactsPage</name>
    <message>
        <source>Measure the facts</source>
        <translation>Fakten messen</translation>
    </message>
    <message>
        <source>Measure the session so far, in another process</source>
        <translation>Die bisherige Sitzung messen, in einem anderen Prozess</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Progress of the facts</source>
        <translation>Fortschritt der Fakten</translation>
    </message>
    <message>
        <source>Copy the command</source>
        <translation>Befehl kopieren</translation>
    </message>
    <message>
        <source>Put “abm-desktop facts” for this scenario on the clipboard, for a terminal</source>
        <translation>„abm-desktop facts“ für dieses Szenario in die Zwischenablage legen, für ein Terminal</translation>
    </message>
    <message>
        <source>Command for many sessions</source>
        <translation>Befehl für viele Sitzungen</translation>
    </message>
    <message>
        <source>Stylised facts</source>
        <translation>Stilisierte Fakten</translation>
    </message>
    <message>
        <source>Fact</source>
        <translation>Faktum</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>Gate</source>
        <translation>Strenge</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>Angenommen</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Urteil</translation>
    </message>
    <message>
        <source>Not measured yet</source>
        <translation>Noch nicht gemessen</translation>
    </message>
    <message>
        <source>Let the market run for {n} minutes or more, then press “Measure the facts”: fat tails, clustered volatility, memory of order signs and others, each with the range of real markets.</source>
        <translation>Lassen Sie den Markt {n} Minuten oder länger laufen und drücken Sie dann „Fakten messen“: fette Enden, Volatilitätscluster, Gedächtnis der Ordervorzeichen und andere, je mit dem Bereich echter Märkte.</translation>
    </message>
    <message>
        <source>of the run before; measure again</source>
        <translation>vom vorigen Lauf; neu messen</translation>
    </message>
    <message>
        <source>One session is too short for a verdict: tails and clustering fail in half of the single sessions of a scenario that passes over forty. For a judgement with confidence intervals, run this in a terminal:</source>
        <translation>Eine Sitzung ist zu kurz für ein Urteil: Enden und Cluster verfehlt die Hälfte der einzelnen Sitzungen eines Szenarios, das über vierzig besteht. Für ein Urteil mit Konfidenzintervallen führen Sie in einem Terminal aus:</translation>
    </message>
    <message>
        <source>preparing</source>
        <translation>wird vorbereitet</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>copied: paste it into a terminal</source>
        <translation>kopiert: in ein Terminal einfügen</translation>
    </message>
    <message>
        <source>{length} of trading: {p} pass, {f} fail, {n} cannot be told</source>
        <translation>{length} Handel: {p} erfüllt, {f} verfehlt, {n} nicht zu bestimmen</translation>
    </message>
    <message>
        <source>hard</source>
        <translation>hart</translation>
    </message>
    <message>
        <source>soft</source>
        <translation>weich</translation>
    </message>
    <message>
        <source>report</source>
        <translation>Angabe</translation>
    </message>
</context>
<context>
    <name>FlowChart</name>
    <message>
        <source>Flow by trader class</source>
        <translation>Fluss nach Händlerart</translation>
    </message>
    <message>
        <source>Lots bought less lots sold by the aggressors of each class, in a bar of time</source>
        <translation>Gekaufte weniger verkaufte Lots der Aggressoren jeder Art, je Zeitbalken</translation>
    </message>
    <message>
        <source>Recorded order flow names no traders.</source>
        <translation>Aufgezeichneter Orderfluss nennt keine Händler.</translation>
    </message>
    <message>
        <source>Press Run (F5) to let the market trade.</source>
        <translation>Drücken Sie Start (F5), damit der Markt handelt.</translation>
    </message>
</context>
<context>
    <name>JudgingStrip</name>
    <message>
        <source>Progress of the evaluation</source>
        <translation>Fortschritt der Bewertung</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>End it; the model stays as it is</source>
        <translation>Beenden; das Modell bleibt, wie es ist</translation>
    </message>
    <message>
        <source>, {n} more wait</source>
        <translation>, {n} weitere warten</translation>
    </message>
    <message>
        <source>Evaluating {name}</source>
        <translation>{name} wird bewertet</translation>
    </message>
    <message>
        <source>Stress-testing {name}</source>
        <translation>{name} im Stresstest</translation>
    </message>
</context>
<context>
    <name>Ladder</name>
    <message>
        <source>Order book ladder</source>
        <translation>Orderleiter</translation>
    </message>
    <message>
        <source>Lots resting at each price: bids left, asks right. Click left of a price to buy there, right of it to sell; click an own order to cancel it. The wheel scrolls, a double click on a price returns to the mid.</source>
        <translation>Lots zu jedem Kurs: Geld links, Brief rechts. Ein Klick links vom Kurs kauft dort, rechts davon verkauft; ein Klick auf eine eigene Order storniert sie. Das Mausrad rollt, ein Doppelklick auf einen Kurs führt zur Mitte zurück.</translation>
    </message>
    <message>
        <source>Buy at {price}</source>
        <translation>Kaufen zu {price}</translation>
    </message>
    <message>
        <source>Sell at {price}</source>
        <translation>Verkaufen zu {price}</translation>
    </message>
    <message>
        <source>Bid size</source>
        <translation>Geld</translation>
    </message>
    <message>
        <source>Price</source>
        <translation>Preis</translation>
    </message>
    <message>
        <source>Ask size</source>
        <translation>Brief</translation>
    </message>
    <message>
        <source>spread of {n} ticks</source>
        <translation>Spread {n} Ticks</translation>
    </message>
    <message>
        <source>The book is empty.</source>
        <translation>Das Buch ist leer.</translation>
    </message>
    <message>
        <source>Best bid {bid} for {bv} lots, best ask {ask} for {av} lots.</source>
        <translation>Bestes Geld {bid} für {bv} Lots, bester Brief {ask} für {av} Lots.</translation>
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
        <source>Choose a day</source>
        <translation>Einen Tag wählen</translation>
    </message>
    <message>
        <source>{name} holds {n} recorded days.</source>
        <translation>{name} enthält {n} aufgezeichnete Tage.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close {title}</source>
        <translation>{title} schließen</translation>
    </message>
    <message>
        <source>The settings of the window cannot be kept</source>
        <translation>Die Einstellungen des Fensters lassen sich nicht aufbewahren</translation>
    </message>
    <message>
        <source>{why}. What you choose holds until the window closes.</source>
        <translation>{why}. Was Sie wählen, gilt bis zum Schließen des Fensters.</translation>
    </message>
    <message>
        <source>The first start compiles the market to machine code, which takes about half a minute, or more on a busy machine. The window can be used meanwhile.</source>
        <translation>Der erste Start übersetzt den Markt in Maschinencode; das dauert etwa eine halbe Minute, auf einem beschäftigten Rechner länger. Das Fenster ist währenddessen benutzbar.</translation>
    </message>
    <message>
        <source>Open a scenario (Ctrl+O) or recorded order flow (Ctrl+Shift+O), or drop a file on the window.</source>
        <translation>Öffnen Sie ein Szenario (Strg+O) oder aufgezeichneten Orderfluss (Strg+Umschalt+O), oder legen Sie eine Datei auf dem Fenster ab.</translation>
    </message>
</context>
<context>
    <name>MarketTab</name>
    <message>
        <source>Mid price, best bid and ask, and the fundamental value. Trades are dots, or bubbles of their size: blue where the buyer was the aggressor, orange where the seller was. At a high speed not all trades reach the window: those shown are then a sample.</source>
        <translation>Mittelkurs, bestes Geld und bester Brief, und der Fundamentalwert. Abschlüsse sind Punkte oder Blasen ihrer Größe: blau, wo der Käufer der Aggressor war, orange, wo es der Verkäufer war. Bei hohem Tempo erreichen nicht alle Abschlüsse das Fenster: die gezeigten sind dann eine Stichprobe.</translation>
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
        <translation>Aufgezeichneter Orderfluss sagt nicht, wer handelte.</translation>
    </message>
    <message>
        <source>Run the market (F5) to see this.</source>
        <translation>Lassen Sie den Markt laufen (F5), um dies zu sehen.</translation>
    </message>
    <message>
        <source>Inventory</source>
        <translation>Bestand</translation>
    </message>
    <message>
        <source>Realised volatility</source>
        <translation>Realisierte Volatilität</translation>
    </message>
    <message>
        <source>% a year · 5 min</source>
        <translation>% p. a. · 5 min</translation>
    </message>
    <message>
        <source>Needs 40 seconds of trading.</source>
        <translation>Braucht 40 Sekunden Handel.</translation>
    </message>
    <message>
        <source>Root of the summed squared 10 s log returns of the last five minutes</source>
        <translation>Wurzel der summierten quadrierten logarithmischen 10-s-Renditen der letzten fünf Minuten</translation>
    </message>
    <message>
        <source>Quoted spread</source>
        <translation>Quotierter Spread</translation>
    </message>
    <message>
        <source>bp of mid · 60 s mean</source>
        <translation>bp der Mitte · 60-s-Mittel</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>Tiefe</translation>
    </message>
    <message>
        <source>lots in 5 levels</source>
        <translation>Lots auf 5 Stufen</translation>
    </message>
    <message>
        <source>Lots within the five best levels of each side, mean of the last minute</source>
        <translation>Lots auf den fünf besten Stufen jeder Seite, Mittel der letzten Minute</translation>
    </message>
    <message>
        <source>Order-book imbalance</source>
        <translation>Imbalance des Orderbuchs</translation>
    </message>
    <message>
        <source>bids less asks</source>
        <translation>Geld weniger Brief</translation>
    </message>
    <message>
        <source>(bid - ask) / (bid + ask) of the lots in five levels, mean of the last minute</source>
        <translation>(Geld − Brief) / (Geld + Brief) der Lots auf fünf Stufen, Mittel der letzten Minute</translation>
    </message>
    <message>
        <source>Amihud illiquidity</source>
        <translation>Illiquidität nach Amihud</translation>
    </message>
    <message>
        <source>per million · 30 min</source>
        <translation>je Million · 30 min</translation>
    </message>
    <message>
        <source>Needs five minutes with trades.</source>
        <translation>Braucht fünf Minuten mit Abschlüssen.</translation>
    </message>
    <message>
        <source>Mean over minutes of |return| per million of currency traded (Amihud 2002)</source>
        <translation>Mittel über Minuten der |Rendite| je Million Umsatz (Amihud 2002)</translation>
    </message>
    <message>
        <source>VPIN</source>
        <translation>VPIN</translation>
    </message>
    <message>
        <source>50 buckets of a usual minute</source>
        <translation>50 Körbe einer üblichen Minute</translation>
    </message>
    <message>
        <source>Needs five buckets of a usual minute&apos;s volume.</source>
        <translation>Braucht fünf Körbe mit dem Volumen einer üblichen Minute.</translation>
    </message>
    <message>
        <source>Imbalance of bought and sold lots in buckets of equal volume (Easley et al. 2012)</source>
        <translation>Imbalance gekaufter und verkaufter Lots in Körben gleichen Volumens (Easley et al. 2012)</translation>
    </message>
    <message>
        <source>Order-to-trade ratio</source>
        <translation>Order/Abschluss</translation>
    </message>
    <message>
        <source>messages per fill</source>
        <translation>Nachrichten je Ausführung</translation>
    </message>
    <message>
        <source>Orders, cancels and fills for each fill of the last minute</source>
        <translation>Orders, Stornos und Ausführungen je Ausführung der letzten Minute</translation>
    </message>
    <message>
        <source>Profit and loss</source>
        <translation>Gewinn und Verlust</translation>
    </message>
    <message>
        <source>by trader type</source>
        <translation>nach Händlerart</translation>
    </message>
    <message>
        <source>lots by trader type</source>
        <translation>Lots nach Händlerart</translation>
    </message>
    <message>
        <source>Net flow</source>
        <translation>Nettofluss</translation>
    </message>
    <message>
        <source>lots bought · 60 s</source>
        <translation>gekaufte Lots · 60 s</translation>
    </message>
    <message>
        <source>Maker share</source>
        <translation>Maker-Anteil</translation>
    </message>
    <message>
        <source>% of volume · 60 s</source>
        <translation>% des Volumens · 60 s</translation>
    </message>
    <message>
        <source>Share of all lots that each type filled while resting in the book</source>
        <translation>Anteil aller Lots, die jede Art im Buch liegend ausgeführt bekam</translation>
    </message>
    <message>
        <source>Taker share</source>
        <translation>Taker-Anteil</translation>
    </message>
    <message>
        <source>Share of all lots that each type filled as the aggressor</source>
        <translation>Anteil aller Lots, die jede Art als Aggressor ausführte</translation>
    </message>
    <message>
        <source>Turnover</source>
        <translation>Umsatz</translation>
    </message>
    <message>
        <source>currency a minute</source>
        <translation>Währung je Minute</translation>
    </message>
    <message>
        <source>Value traded by each type, as maker and as taker</source>
        <translation>Gehandelter Wert jeder Art, als Maker und als Taker</translation>
    </message>
</context>
<context>
    <name>ModelTable</name>
    <message>
        <source>Trained models</source>
        <translation>Trainierte Modelle</translation>
    </message>
</context>
<context>
    <name>ModelsPanel</name>
    <message>
        <source>No models yet</source>
        <translation>Noch keine Modelle</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>The model could not be renamed</source>
        <translation>Das Modell ließ sich nicht umbenennen</translation>
    </message>
    <message>
        <source>The tags could not be changed</source>
        <translation>Die Schlagworte ließen sich nicht ändern</translation>
    </message>
    <message>
        <source>{name} is written to {file}</source>
        <translation>{name} ist nach {file} geschrieben</translation>
    </message>
    <message>
        <source>The model could not be exported</source>
        <translation>Das Modell ließ sich nicht ausgeben</translation>
    </message>
    <message>
        <source>{name} is taken in</source>
        <translation>{name} ist eingelesen</translation>
    </message>
    <message>
        <source>The model could not be taken in</source>
        <translation>Das Modell ließ sich nicht einlesen</translation>
    </message>
    <message>
        <source>Deleted: {names}</source>
        <translation>Gelöscht: {names}</translation>
    </message>
    <message>
        <source>Policy, checkpoint and curves are removed from the disk.</source>
        <translation>Strategie, Checkpoint und Kurven werden von der Platte entfernt.</translation>
    </message>
    <message>
        <source>Rename model</source>
        <translation>Modell umbenennen</translation>
    </message>
    <message>
        <source>New name (letters, digits, &apos;.&apos;, &apos;_&apos; and &apos;-&apos;):</source>
        <translation>Neuer Name (Buchstaben, Ziffern, &apos;.&apos;, &apos;_&apos; und &apos;-&apos;):</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Schlagworte</translation>
    </message>
    <message>
        <source>Words for the selected models, with spaces between them:</source>
        <translation>Worte für die gewählten Modelle, durch Leerzeichen getrennt:</translation>
    </message>
    <message>
        <source>Export model</source>
        <translation>Modell ausgeben</translation>
    </message>
    <message>
        <source>Import model</source>
        <translation>Modell einlesen</translation>
    </message>
    <message>
        <source>{name} could not be evaluated</source>
        <translation>{name} ließ sich nicht bewerten</translation>
    </message>
    <message>
        <source>{name} could not be stress-tested</source>
        <translation>{name} ließ sich keinem Stresstest unterziehen</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>Filter the models</source>
        <translation>Modelle filtern</translation>
    </message>
    <message>
        <source>Show the models with these words in any column: “ppo accepted”</source>
        <translation>Modelle mit diesen Worten in irgendeiner Spalte zeigen: „ppo angenommen“</translation>
    </message>
    <message>
        <source>Number of traders to load</source>
        <translation>Zahl der zu ladenden Händler</translation>
    </message>
    <message>
        <source>How many traders with this policy join the market</source>
        <translation>Wie viele Händler mit dieser Strategie in den Markt kommen</translation>
    </message>
    <message>
        <source>Traders</source>
        <translation>Händler</translation>
    </message>
    <message>
        <source>Load into market</source>
        <translation>In den Markt laden</translation>
    </message>
    <message>
        <source>Evaluate…</source>
        <translation>Bewerten…</translation>
    </message>
    <message>
        <source>Compare it with simple rules on held-out days</source>
        <translation>An ungesehenen Tagen mit einfachen Regeln vergleichen</translation>
    </message>
    <message>
        <source>Stress test…</source>
        <translation>Stresstest…</translation>
    </message>
    <message>
        <source>What it does under stress, and what it does to the market</source>
        <translation>Was es unter Stress tut, und was es dem Markt antut</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>More ▾</source>
        <translation>Mehr ▾</translation>
    </message>
    <message>
        <source>Everything else that can be done with a model</source>
        <translation>Alles andere, was man mit einem Modell tun kann</translation>
    </message>
    <message>
        <source>Select a model first</source>
        <translation>Wählen Sie erst ein Modell</translation>
    </message>
    <message>
        <source>&amp;Load into market</source>
        <translation>In den Markt &amp;laden</translation>
    </message>
    <message>
        <source>&amp;Go on with its training</source>
        <translation>Sein &amp;Training fortsetzen</translation>
    </message>
    <message>
        <source>It has no checkpoint: imported, or shipped with the program</source>
        <translation>Es hat keinen Checkpoint: eingelesen oder mitgeliefert</translation>
    </message>
    <message>
        <source>Draw its &amp;curves</source>
        <translation>Seine &amp;Kurven zeichnen</translation>
    </message>
    <message>
        <source>&amp;Evaluate…</source>
        <translation>&amp;Bewerten…</translation>
    </message>
    <message>
        <source>Show the evaluat&amp;ion</source>
        <translation>Bewertung &amp;zeigen</translation>
    </message>
    <message>
        <source>It has not been evaluated yet</source>
        <translation>Es wurde noch nicht bewertet</translation>
    </message>
    <message>
        <source>&amp;Stress test…</source>
        <translation>&amp;Stresstest…</translation>
    </message>
    <message>
        <source>Show the stress &amp;test</source>
        <translation>St&amp;resstest zeigen</translation>
    </message>
    <message>
        <source>It has not been stress-tested yet</source>
        <translation>Es war noch in keinem Stresstest</translation>
    </message>
    <message>
        <source>Com&amp;pare</source>
        <translation>&amp;Vergleichen</translation>
    </message>
    <message>
        <source>Select two models or more (Ctrl+click)</source>
        <translation>Wählen Sie zwei oder mehr Modelle (Strg+Klick)</translation>
    </message>
    <message>
        <source>Select one model</source>
        <translation>Wählen Sie ein einziges Modell</translation>
    </message>
    <message>
        <source>&amp;Rename…</source>
        <translation>&amp;Umbenennen…</translation>
    </message>
    <message>
        <source>T&amp;ags…</source>
        <translation>Schl&amp;agworte…</translation>
    </message>
    <message>
        <source>&amp;Delete…</source>
        <translation>L&amp;öschen…</translation>
    </message>
    <message>
        <source>E&amp;xport…</source>
        <translation>Aus&amp;geben…</translation>
    </message>
    <message>
        <source>I&amp;mport…</source>
        <translation>E&amp;inlesen…</translation>
    </message>
    <message>
        <source>It is being trained: stop its training first, or wait for its end</source>
        <translation>Es wird gerade trainiert: beenden Sie erst sein Training, oder warten Sie auf das Ende</translation>
    </message>
    <message>
        <source>Show the selected models side by side</source>
        <translation>Die gewählten Modelle nebeneinander zeigen</translation>
    </message>
    <message>
        <source>Remove the selected models from the disk</source>
        <translation>Die gewählten Modelle von der Platte entfernen</translation>
    </message>
    <message>
        <source>{shown} of {n} models</source>
        <translation>{shown} von {n} Modellen</translation>
    </message>
    <message>
        <source>{n} models</source>
        <translation>{n} Modelle</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>A trained policy is listed here, and can then trade in the market. One from elsewhere can be taken in under “More”.</source>
        <translation>Hier steht jede trainierte Strategie und kann dann im Markt handeln. Eine von anderswo lässt sich unter „Mehr“ einlesen.</translation>
    </message>
    <message>
        <source>The models could not be listed</source>
        <translation>Die Modelle ließen sich nicht auflisten</translation>
    </message>
    <message>
        <source>The model could not be loaded</source>
        <translation>Das Modell ließ sich nicht laden</translation>
    </message>
    <message>
        <source>The model could not be deleted</source>
        <translation>Das Modell ließ sich nicht löschen</translation>
    </message>
    <message>
        <source>Delete model</source>
        <translation>Modell löschen</translation>
    </message>
    <message>
        <source>Delete {name} for good?</source>
        <translation>{name} endgültig löschen?</translation>
    </message>
    <message>
        <source>This model ships with the program</source>
        <translation>Dieses Modell gehört zum Programm</translation>
    </message>
    <message>
        <source>Let traders with the selected policy trade in the live market (Enter)</source>
        <translation>Händler mit der gewählten Strategie im laufenden Markt handeln lassen (Enter)</translation>
    </message>
    <message>
        <source>Train a model first, or select one in the list</source>
        <translation>Trainieren Sie erst ein Modell, oder wählen Sie eines aus der Liste</translation>
    </message>
    <message>
        <source>Plain arrays (*.npz);;ONNX (*.onnx);;TorchScript (*.pt);;Whole model (*.zip)</source>
        <translation>Reine Arrays (*.npz);;ONNX (*.onnx);;TorchScript (*.pt);;Ganzes Modell (*.zip)</translation>
    </message>
    <message>
        <source>Models (*.zip *.npz)</source>
        <translation>Modelle (*.zip *.npz)</translation>
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
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Anwenden</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Sichern als…</translation>
    </message>
    <message>
        <source>Write the market with these traders to a file</source>
        <translation>Den Markt mit diesen Händlern in eine Datei schreiben</translation>
    </message>
    <message>
        <source>Save scenario</source>
        <translation>Szenario sichern</translation>
    </message>
    <message>
        <source>Scenarios (*.toml)</source>
        <translation>Szenarien (*.toml)</translation>
    </message>
    <message>
        <source>The scenario was not saved</source>
        <translation>Das Szenario wurde nicht gesichert</translation>
    </message>
    <message>
        <source>{file}: {error}. Choose another folder.</source>
        <translation>{file}: {error}. Wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>Nothing was edited.</source>
        <translation>Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>Nothing was undone.</source>
        <translation>Nichts wurde zurückgenommen.</translation>
    </message>
    <message>
        <source>What a running market can take acts now, the rest (*) at the next reset</source>
        <translation>Was ein laufender Markt annehmen kann, wirkt sofort, das Übrige (*) beim nächsten Zurücksetzen</translation>
    </message>
    <message>
        <source>A replay has no traders to change. Open a scenario (Ctrl+O).</source>
        <translation>Eine Aufzeichnung hat keine Händler zu ändern. Öffnen Sie ein Szenario (Strg+O).</translation>
    </message>
    <message>
        <source>{n} changed: {now} can act now, {later} at a reset (*).</source>
        <translation>{n} geändert: {now} können sofort wirken, {later} beim Zurücksetzen (*).</translation>
    </message>
    <message>
        <source>{n} applied at the next reset (Ctrl+R).</source>
        <translation>{n} wirken beim nächsten Zurücksetzen (Strg+R).</translation>
    </message>
    <message>
        <source>* at the next reset</source>
        <translation>* beim nächsten Zurücksetzen</translation>
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
        <source>Closing while a training or an experiment runs</source>
        <translation>dem Schließen, während ein Training oder Experiment läuft</translation>
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
        <translation>Vorlage</translation>
    </message>
    <message>
        <source>Save or delete presets</source>
        <translation>Vorlagen sichern oder löschen</translation>
    </message>
    <message>
        <source>&amp;Save these settings as a preset…</source>
        <translation>Diese Einstellungen als Vorlage &amp;sichern…</translation>
    </message>
    <message>
        <source>&amp;Delete the preset</source>
        <translation>Vorlage &amp;löschen</translation>
    </message>
    <message>
        <source>Choose a preset…</source>
        <translation>Vorlage wählen…</translation>
    </message>
    <message>
        <source>Fill in settings that are kept under a name; with the shipped ones traders were trained that are accepted where they learned</source>
        <translation>Einstellungen eintragen, die unter einem Namen aufbewahrt sind; mit den mitgelieferten wurden Agenten trainiert, die dort angenommen werden, wo sie gelernt haben</translation>
    </message>
    <message>
        <source> – tried</source>
        <translation> – erprobt</translation>
    </message>
    <message>
        <source>The preset was not saved</source>
        <translation>Die Vorlage wurde nicht gesichert</translation>
    </message>
    <message>
        <source>A setting cannot be used: mend what is marked in the form first.</source>
        <translation>Eine Einstellung ist unbrauchbar: berichtigen Sie erst, was im Formular markiert ist.</translation>
    </message>
    <message>
        <source>The preset was not deleted</source>
        <translation>Die Vorlage wurde nicht gelöscht</translation>
    </message>
    <message>
        <source>The preset cannot be used</source>
        <translation>Die Vorlage ist unbrauchbar</translation>
    </message>
    <message>
        <source>Save preset</source>
        <translation>Vorlage sichern</translation>
    </message>
    <message>
        <source>Name of the preset:</source>
        <translation>Name der Vorlage:</translation>
    </message>
</context>
<context>
    <name>PriceChart</name>
    <message>
        <source>Price chart</source>
        <translation>Kursdiagramm</translation>
    </message>
    <message>
        <source>Press Run (F5) to let the market trade.</source>
        <translation>Drücken Sie Start (F5), damit der Markt handelt.</translation>
    </message>
</context>
<context>
    <name>ProgressStrip</name>
    <message>
        <source>Training progress</source>
        <translation>Trainingsfortschritt</translation>
    </message>
    <message>
        <source>The live market goes on beside the training; each has threads of its own</source>
        <translation>Der laufende Markt geht neben dem Training weiter; jeder hat eigene Threads</translation>
    </message>
    <message>
        <source>The training process has not answered for {seconds:.0f} s</source>
        <translation>Der Trainingsprozess antwortet seit {seconds:.0f} s nicht</translation>
    </message>
    <message>
        <source>Trained; stress test</source>
        <translation>Trainiert; Stresstest</translation>
    </message>
    <message>
        <source>Trained; on held-out days against {what}</source>
        <translation>Trainiert; an ungesehenen Tagen gegen {what}</translation>
    </message>
    <message>
        <source>Trained; its own held-out days</source>
        <translation>Trainiert; seine eigenen zurückgehaltenen Tage</translation>
    </message>
    <message>
        <source>, {n} RL traders</source>
        <translation>, {n} RL-Händler</translation>
    </message>
    <message>
        <source>, {n} RL trader</source>
        <translation>, {n} RL-Händler</translation>
    </message>
    <message>
        <source>Market runs {speed}</source>
        <translation>Markt läuft {speed}</translation>
    </message>
    <message>
        <source>Market paused</source>
        <translation>Markt angehalten</translation>
    </message>
    <message>
        <source>{done} of {total} iterations</source>
        <translation>{done} von {total} Iterationen</translation>
    </message>
    <message>
        <source>{n} decisions</source>
        <translation>{n} Entscheidungen</translation>
    </message>
    <message>
        <source>{t} elapsed</source>
        <translation>{t} vergangen</translation>
    </message>
    <message>
        <source>{t} left</source>
        <translation>noch {t}</translation>
    </message>
    <message>
        <source>Cluster stopped</source>
        <translation>Cluster aus</translation>
    </message>
    <message>
        <source>Cluster starting</source>
        <translation>Cluster startet</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>Endet</translation>
    </message>
    <message>
        <source>Cluster ready</source>
        <translation>Cluster bereit</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>It starts with the training and ends with the window.</source>
        <translation>Er startet mit dem Training und endet mit dem Fenster.</translation>
    </message>
    <message>
        <source>It ends after two idle minutes.</source>
        <translation>Er endet nach zwei untätigen Minuten.</translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <source>Trainings that wait, the next first</source>
        <translation>Wartende Trainings, das nächste zuerst</translation>
    </message>
    <message>
        <source>Start next</source>
        <translation>Nächstes starten</translation>
    </message>
    <message>
        <source>Train the first of the list now</source>
        <translation>Das erste der Liste jetzt trainieren</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>Nach oben</translation>
    </message>
    <message>
        <source>Train the selected one earlier</source>
        <translation>Das gewählte früher trainieren</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>Nach unten</translation>
    </message>
    <message>
        <source>Train the selected one later</source>
        <translation>Das gewählte später trainieren</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Ändern</translation>
    </message>
    <message>
        <source>Take it out of the list and into the form</source>
        <translation>Aus der Liste nehmen und ins Formular eintragen</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Take the selected one out of the list</source>
        <translation>Das gewählte aus der Liste nehmen</translation>
    </message>
    <message>
        <source>No training waits</source>
        <translation>Kein Training wartet</translation>
    </message>
    <message>
        <source>Fill in the form and press “Add to queue”: each training starts when the one before it has ended.</source>
        <translation>Füllen Sie das Formular aus und drücken Sie „In die Warteschlange“: jedes Training startet, wenn das vorige geendet hat.</translation>
    </message>
    <message>
        <source>Waits: press “Start next” to go on</source>
        <translation>Wartet: „Nächstes starten“ führt weiter</translation>
    </message>
    <message>
        <source>The first starts when the training that runs has ended</source>
        <translation>Das erste startet, wenn das laufende Training geendet hat</translation>
    </message>
    <message>
        <source>Press “Start next”</source>
        <translation>Drücken Sie „Nächstes starten“</translation>
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
    <message>
        <source>Continuous</source>
        <translation>Fortlaufend</translation>
    </message>
    <message>
        <source>Limit state</source>
        <translation>Limit</translation>
    </message>
    <message>
        <source>Auction</source>
        <translation>Auktion</translation>
    </message>
    <message>
        <source>Halted</source>
        <translation>Ausgesetzt</translation>
    </message>
    <message>
        <source>Closed</source>
        <translation>Geschlossen</translation>
    </message>
</context>
<context>
    <name>RLTab</name>
    <message>
        <source>Models, live agent, queue, cluster</source>
        <translation>Modelle, Agent im Markt, Warteschlange, Cluster</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Trained models, and what can be done with them</source>
        <translation>Trainierte Modelle, und was man mit ihnen tun kann</translation>
    </message>
    <message>
        <source>Live agent</source>
        <translation>Agent im Markt</translation>
    </message>
    <message>
        <source>What an RL trader of the live market sees and does now</source>
        <translation>Was ein RL-Händler des laufenden Marktes jetzt sieht und tut</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>Trainings that wait for their turn</source>
        <translation>Trainings, die warten, bis sie an der Reihe sind</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>Cluster</translation>
    </message>
    <message>
        <source>Processor, memory and workers of the training, and warnings</source>
        <translation>Prozessor, Speicher und Worker des Trainings, und Warnungen</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>The curves of {name} could not be read</source>
        <translation>Die Kurven von {name} ließen sich nicht lesen</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>is judged: {share}</source>
        <translation>wird beurteilt: {share}</translation>
    </message>
    <message>
        <source>No training runs</source>
        <translation>Kein Training läuft</translation>
    </message>
    <message>
        <source>Select a model in the list first</source>
        <translation>Wählen Sie erst ein Modell aus der Liste</translation>
    </message>
    <message>
        <source>A training runs already</source>
        <translation>Ein Training läuft schon</translation>
    </message>
    <message>
        <source>Select two models or more</source>
        <translation>Wählen Sie zwei oder mehr Modelle</translation>
    </message>
    <message>
        <source>No curves were kept of {names}</source>
        <translation>Von {names} sind keine Kurven aufbewahrt</translation>
    </message>
    <message>
        <source>The settings of {name} cannot be used</source>
        <translation>Die Einstellungen von {name} sind unbrauchbar</translation>
    </message>
    <message>
        <source>Set the iterations and press “Start training” to go on from {name}</source>
        <translation>Setzen Sie die Iterationen und drücken Sie „Training starten“, um {name} fortzusetzen</translation>
    </message>
    <message>
        <source>Learning rate {rate} from the next iteration on</source>
        <translation>Lernrate {rate} ab der nächsten Iteration</translation>
    </message>
    <message>
        <source>{n} trainings wait</source>
        <translation>{n} Trainings warten</translation>
    </message>
    <message>
        <source>1 training waits</source>
        <translation>1 Training wartet</translation>
    </message>
    <message>
        <source>Training was stopped before its first iteration; there is no model</source>
        <translation>Das Training wurde vor seiner ersten Iteration beendet; es gibt kein Modell</translation>
    </message>
    <message>
        <source>{name} is trained: load it into the market</source>
        <translation>{name} ist trainiert: laden Sie es in den Markt</translation>
    </message>
    <message>
        <source>Training was stopped; {name} is saved</source>
        <translation>Das Training wurde beendet; {name} ist gesichert</translation>
    </message>
    <message>
        <source>Training failed</source>
        <translation>Das Training ist gescheitert</translation>
    </message>
</context>
<context>
    <name>RateRow</name>
    <message>
        <source>Learning rate of the training that runs</source>
        <translation>Lernrate des laufenden Trainings</translation>
    </message>
    <message>
        <source>Set</source>
        <translation>Setzen</translation>
    </message>
    <message>
        <source>Set the learning rate</source>
        <translation>Lernrate setzen</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>Learn at this rate from the next iteration on, e.g. 1e-4 (Enter)</source>
        <translation>Ab der nächsten Iteration mit dieser Rate lernen, z. B. 1e-4 (Enter)</translation>
    </message>
    <message>
        <source>No training runs: the form above has the rate of the next one</source>
        <translation>Kein Training läuft: das Formular oben hat die Rate des nächsten</translation>
    </message>
    <message>
        <source>now {rate}</source>
        <translation>jetzt {rate}</translation>
    </message>
    <message>
        <source>A number above 0 and at most 1, e.g. 1e-4</source>
        <translation>Eine Zahl über 0 und höchstens 1, z. B. 1e-4</translation>
    </message>
</context>
<context>
    <name>ResultDialog</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy the words and the table to the clipboard</source>
        <translation>Worte und Tabelle in die Zwischenablage kopieren</translation>
    </message>
</context>
<context>
    <name>ReturnsPage</name>
    <message>
        <source>Interval of the returns</source>
        <translation>Intervall der Renditen</translation>
    </message>
    <message>
        <source>only the measured window</source>
        <translation>nur das gemessene Fenster</translation>
    </message>
    <message>
        <source>Use the stretch shaded in the charts of the Overview</source>
        <translation>Die Spanne nehmen, die in den Diagrammen der Übersicht schattiert ist</translation>
    </message>
    <message>
        <source>Returns over</source>
        <translation>Renditen über</translation>
    </message>
    <message>
        <source>standard deviations</source>
        <translation>Standardabweichungen</translation>
    </message>
    <message>
        <source>normal quantiles</source>
        <translation>Quantile der Normalverteilung</translation>
    </message>
    <message>
        <source>lag</source>
        <translation>Lag</translation>
    </message>
    <message>
        <source>seconds between prices</source>
        <translation>Sekunden zwischen Kursen</translation>
    </message>
    <message>
        <source>Measures of the returns</source>
        <translation>Maße der Renditen</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Maß</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>returns</source>
        <translation>Renditen</translation>
    </message>
    <message>
        <source>normal</source>
        <translation>normal</translation>
    </message>
    <message>
        <source>Distribution</source>
        <translation>Verteilung</translation>
    </message>
    <message>
        <source>density, log scale</source>
        <translation>Dichte, logarithmisch</translation>
    </message>
    <message>
        <source>Quantiles</source>
        <translation>Quantile</translation>
    </message>
    <message>
        <source>of returns, in sd</source>
        <translation>der Renditen, in SD</translation>
    </message>
    <message>
        <source>Measures</source>
        <translation>Maße</translation>
    </message>
    <message>
        <source>Autocorrelation</source>
        <translation>Autokorrelation</translation>
    </message>
    <message>
        <source>of returns</source>
        <translation>der Renditen</translation>
    </message>
    <message>
        <source>Autocorrelation of |returns|</source>
        <translation>Autokorrelation der |Renditen|</translation>
    </message>
    <message>
        <source>clustering</source>
        <translation>Cluster</translation>
    </message>
    <message>
        <source>Signature plot</source>
        <translation>Signaturdiagramm</translation>
    </message>
    <message>
        <source>volatility, % a year</source>
        <translation>Volatilität, % p. a.</translation>
    </message>
    <message>
        <source>Dashed: ±2/√n, within which 95 % of those of independent returns lie</source>
        <translation>Gestrichelt: ±2/√n; darin liegen 95 % derer unabhängiger Renditen</translation>
    </message>
    <message>
        <source>Flat where the price diffuses; it falls with the interval where the price bounces, and rises where it trends</source>
        <translation>Flach, wo der Kurs diffundiert; es fällt mit dem Intervall, wo er hin und her springt, und steigt, wo er Trends hat</translation>
    </message>
    <message>
        <source>Run the market (F5) to see its returns.</source>
        <translation>Lassen Sie den Markt laufen (F5), um seine Renditen zu sehen.</translation>
    </message>
    <message>
        <source>Measuring …</source>
        <translation>Wird gemessen …</translation>
    </message>
    <message>
        <source>{n} returns, {left} – {right}</source>
        <translation>{n} Renditen, {left} – {right}</translation>
    </message>
</context>
<context>
    <name>RuleRow</name>
    <message>
        <source>Show the parameters</source>
        <translation>Die Parameter zeigen</translation>
    </message>
    <message>
        <source>Parameters of {rule}</source>
        <translation>Parameter von {rule}</translation>
    </message>
    <message>
        <source>Limit up, limit down</source>
        <translation>Kursband (Limit up, limit down)</translation>
    </message>
    <message>
        <source>Price bands around the mean trade price of five minutes (SEC plan, 2012).</source>
        <translation>Kursbänder um den mittleren Abschlusskurs von fünf Minuten (Plan der SEC, 2012).</translation>
    </message>
    <message>
        <source>Band</source>
        <translation>Band</translation>
    </message>
    <message>
        <source>Half width of the band; 0.016 is 2 daily sigma</source>
        <translation>Halbe Breite des Bands; 0,016 sind 2 Tages-Sigma</translation>
    </message>
    <message>
        <source>Update step</source>
        <translation>Nachführschritt</translation>
    </message>
    <message>
        <source>The reference moves when the mean is this far</source>
        <translation>Der Referenzkurs zieht nach, wenn das Mittel so weit entfernt ist</translation>
    </message>
    <message>
        <source>Update time</source>
        <translation>Nachführzeit</translation>
    </message>
    <message>
        <source>Shortest time between two moves of the reference</source>
        <translation>Kürzeste Zeit zwischen zwei Nachführungen</translation>
    </message>
    <message>
        <source>Limit state</source>
        <translation>Limit</translation>
    </message>
    <message>
        <source>Time at the band before trading pauses</source>
        <translation>Zeit am Band, bevor der Handel pausiert</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Length of the pause; it ends with an auction</source>
        <translation>Länge der Pause; sie endet mit einer Auktion</translation>
    </message>
    <message>
        <source>Market breaker</source>
        <translation>Marktweite Unterbrechung</translation>
    </message>
    <message>
        <source>Halt of the whole market after a fall since the open; the third level closes it.</source>
        <translation>Aussetzung des ganzen Marktes nach einem Rückgang seit der Eröffnung; die dritte Stufe schließt ihn.</translation>
    </message>
    <message>
        <source>Level 1</source>
        <translation>Stufe 1</translation>
    </message>
    <message>
        <source>Fall that halts trading, once a session</source>
        <translation>Rückgang, der den Handel aussetzt, einmal je Sitzung</translation>
    </message>
    <message>
        <source>Level 2</source>
        <translation>Stufe 2</translation>
    </message>
    <message>
        <source>Second such fall</source>
        <translation>Zweiter solcher Rückgang</translation>
    </message>
    <message>
        <source>Level 3</source>
        <translation>Stufe 3</translation>
    </message>
    <message>
        <source>Fall that ends the session</source>
        <translation>Rückgang, der die Sitzung beendet</translation>
    </message>
    <message>
        <source>Length of a halt; it ends with an auction</source>
        <translation>Länge einer Aussetzung; sie endet mit einer Auktion</translation>
    </message>
    <message>
        <source>Velocity logic</source>
        <translation>Geschwindigkeitslogik</translation>
    </message>
    <message>
        <source>A pause when a trade would be far from the prices of the last moment.</source>
        <translation>Eine Pause, wenn ein Abschluss weit von den Kursen des letzten Augenblicks läge.</translation>
    </message>
    <message>
        <source>Ticks</source>
        <translation>Ticks</translation>
    </message>
    <message>
        <source>Largest distance, ticks</source>
        <translation>Größter Abstand, Ticks</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>That moment</source>
        <translation>Jener Augenblick</translation>
    </message>
    <message>
        <source>Volatility auction</source>
        <translation>Volatilitätsauktion</translation>
    </message>
    <message>
        <source>A call auction when a trade would leave a short or a long price range.</source>
        <translation>Eine Auktion, wenn ein Abschluss eine kurze oder lange Kursspanne verließe.</translation>
    </message>
    <message>
        <source>Short window</source>
        <translation>Kurzes Fenster</translation>
    </message>
    <message>
        <source>Short range</source>
        <translation>Kurze Spanne</translation>
    </message>
    <message>
        <source>Largest distance from its prices</source>
        <translation>Größter Abstand von dessen Kursen</translation>
    </message>
    <message>
        <source>Long window</source>
        <translation>Langes Fenster</translation>
    </message>
    <message>
        <source>Long range</source>
        <translation>Lange Spanne</translation>
    </message>
    <message>
        <source>Call</source>
        <translation>Aufruf</translation>
    </message>
    <message>
        <source>Length of the call phase</source>
        <translation>Länge der Aufrufphase</translation>
    </message>
    <message>
        <source>Random end</source>
        <translation>Zufälliges Ende</translation>
    </message>
    <message>
        <source>Longest random addition to it</source>
        <translation>Längste zufällige Verlängerung</translation>
    </message>
    <message>
        <source>Price collar</source>
        <translation>Kursschranke</translation>
    </message>
    <message>
        <source>Market orders trade at most this far from the mid. On unless switched off.</source>
        <translation>Market-Orders handeln höchstens so weit von der Mitte. An, wenn nicht abgeschaltet.</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>Breite</translation>
    </message>
    <message>
        <source>Largest distance from the mid</source>
        <translation>Größter Abstand von der Mitte</translation>
    </message>
    <message>
        <source>Transaction tax</source>
        <translation>Transaktionssteuer</translation>
    </message>
    <message>
        <source>Tax on the notional of every trade.</source>
        <translation>Steuer auf den Wert jedes Abschlusses.</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>Rate</translation>
    </message>
    <message>
        <source>Share of notional</source>
        <translation>Anteil am Wert</translation>
    </message>
    <message>
        <source>Makers exempt</source>
        <translation>Maker befreit</translation>
    </message>
    <message>
        <source>Only the aggressor pays</source>
        <translation>Nur der Aggressor zahlt</translation>
    </message>
    <message>
        <source>Minimum resting time</source>
        <translation>Mindestverweildauer</translation>
    </message>
    <message>
        <source>Orders must rest for a while before they can be cancelled.</source>
        <translation>Orders müssen eine Weile liegen, bevor sie storniert werden können.</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Shortest time</source>
        <translation>Kürzeste Zeit</translation>
    </message>
    <message>
        <source>Cancel fee</source>
        <translation>Stornogebühr</translation>
    </message>
    <message>
        <source>A fee for every cancelled lot.</source>
        <translation>Eine Gebühr auf jedes stornierte Lot.</translation>
    </message>
    <message>
        <source>Fee</source>
        <translation>Gebühr</translation>
    </message>
    <message>
        <source>Ticks per lot cancelled</source>
        <translation>Ticks je storniertem Lot</translation>
    </message>
    <message>
        <source>Order-to-trade cap</source>
        <translation>Grenze Order/Abschluss</translation>
    </message>
    <message>
        <source>Messages are refused beyond a ratio to trades.</source>
        <translation>Nachrichten über ein Verhältnis zu Abschlüssen hinaus werden abgewiesen.</translation>
    </message>
    <message>
        <source>Ratio</source>
        <translation>Verhältnis</translation>
    </message>
    <message>
        <source>Messages per trade</source>
        <translation>Nachrichten je Abschluss</translation>
    </message>
    <message>
        <source>Over this time</source>
        <translation>Über diese Zeit</translation>
    </message>
    <message>
        <source>Batch auction</source>
        <translation>Periodische Auktion</translation>
    </message>
    <message>
        <source>Frequent batch auctions instead of continuous trading (Budish, Cramton and Shim 2015).</source>
        <translation>Häufige periodische Auktionen statt fortlaufenden Handels (Budish, Cramton und Shim 2015).</translation>
    </message>
    <message>
        <source>Interval</source>
        <translation>Intervall</translation>
    </message>
    <message>
        <source>Time between batches</source>
        <translation>Zeit zwischen Auktionen</translation>
    </message>
    <message>
        <source>Kill switch</source>
        <translation>Notabschaltung</translation>
    </message>
    <message>
        <source>Blocks a trader, and cancels its orders, beyond a limit; 0 is no limit.</source>
        <translation>Sperrt einen Händler jenseits einer Grenze und storniert seine Orders; 0 ist keine Grenze.</translation>
    </message>
    <message>
        <source>Inventory</source>
        <translation>Bestand</translation>
    </message>
    <message>
        <source>Position, lots</source>
        <translation>Position, Lots</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>Loss in 60 s, ticks x lots</source>
        <translation>Verlust in 60 s, Ticks × Lots</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>Nachrichten</translation>
    </message>
    <message>
        <source>Messages in 60 s</source>
        <translation>Nachrichten in 60 s</translation>
    </message>
</context>
<context>
    <name>RulesPanel</name>
    <message>
        <source>Length of the auction</source>
        <translation>Länge der Auktion</translation>
    </message>
    <message>
        <source>Call an auction</source>
        <translation>Auktion ausrufen</translation>
    </message>
    <message>
        <source>Stop continuous trading now, and resume at one price that clears the book</source>
        <translation>Den fortlaufenden Handel jetzt anhalten und zu einem Kurs fortsetzen, der das Buch räumt</translation>
    </message>
    <message>
        <source>A replay repeats what happened under the rules of its day.</source>
        <translation>Eine Aufzeichnung wiederholt, was unter den Regeln ihres Tages geschah.</translation>
    </message>
    <message>
        <source>There is no market to rule yet.</source>
        <translation>Es gibt noch keinen Markt mit Regeln.</translation>
    </message>
    <message>
        <source>How long orders are gathered, in simulated seconds</source>
        <translation>Wie lange Orders gesammelt werden, in simulierten Sekunden</translation>
    </message>
</context>
<context>
    <name>ScenarioField</name>
    <message>
        <source>Scenario</source>
        <translation>Szenario</translation>
    </message>
    <message>
        <source>Choose a scenario file</source>
        <translation>Szenariodatei wählen</translation>
    </message>
    <message>
        <source>Choose a scenario</source>
        <translation>Szenario wählen</translation>
    </message>
    <message>
        <source>Scenarios (*.toml)</source>
        <translation>Szenarien (*.toml)</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>This file cannot be opened</source>
        <translation>Diese Datei lässt sich nicht öffnen</translation>
    </message>
    <message>
        <source>{name} is neither a scenario (.toml) nor LOBSTER data ({kinds}, or a folder). Choose one of these kinds.</source>
        <translation>{name} ist weder ein Szenario (.toml) noch LOBSTER-Daten ({kinds} oder ein Ordner). Wählen Sie eines davon.</translation>
    </message>
    <message>
        <source>The session cannot be recovered</source>
        <translation>Die Sitzung lässt sich nicht wiederherstellen</translation>
    </message>
    <message>
        <source>{error}. Discard it, and open the scenario.</source>
        <translation>{error}. Verwerfen Sie sie und öffnen Sie das Szenario neu.</translation>
    </message>
    <message>
        <source>The RL traders loaded by hand ({0}) left with the reset: load them again under RL, Models</source>
        <translation>Die von Hand geladenen RL-Händler ({0}) haben den Markt beim Zurücksetzen verlassen: unter RL, Modelle neu laden</translation>
    </message>
    <message>
        <source>The session was not copied</source>
        <translation>Die Sitzung wurde nicht kopiert</translation>
    </message>
    <message>
        <source>The market refused this</source>
        <translation>Der Markt hat dies abgewiesen</translation>
    </message>
    <message>
        <source>The market refused a command</source>
        <translation>Der Markt hat einen Befehl abgewiesen</translation>
    </message>
    <message>
        <source>{name} was not opened</source>
        <translation>{name} wurde nicht geöffnet</translation>
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
        <translation>Diagramm des Spreads</translation>
    </message>
    <message>
        <source>Best ask less best bid, in ticks</source>
        <translation>Bester Brief weniger bestes Geld, in Ticks</translation>
    </message>
    <message>
        <source>Press Run (F5) to let the market trade.</source>
        <translation>Drücken Sie Start (F5), damit der Markt handelt.</translation>
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
        <source>The experiment that runs: show it (Ctrl+Alt+7)</source>
        <translation>Das laufende Experiment: zeigen (Strg+Alt+7)</translation>
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
        <source>Experiment {words}</source>
        <translation>Experiment {words}</translation>
    </message>
    <message>
        <source>events/s</source>
        <translation>Ereignisse/s</translation>
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
        <source>{n} alarms</source>
        <translation>{n} Alarme</translation>
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
        <translation>Kurs</translation>
    </message>
    <message>
        <source>% of the minute before</source>
        <translation>% der Minute davor</translation>
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
        <source>Depth</source>
        <translation>Tiefe</translation>
    </message>
    <message>
        <source>lots in 5 levels, mean of both sides</source>
        <translation>Lots auf 5 Stufen, Mittel beider Seiten</translation>
    </message>
    <message>
        <source>{what} around the stress</source>
        <translation>{what} um den Stress</translation>
    </message>
    <message>
        <source>mid</source>
        <translation>Mitte</translation>
    </message>
    <message>
        <source>value</source>
        <translation>Wert</translation>
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
        <translation>Bericht zu jedem Stress</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Maß</translation>
    </message>
    <message>
        <source>Stress report</source>
        <translation>Stressbericht</translation>
    </message>
    <message>
        <source>Stress shown in the charts</source>
        <translation>Stress in den Diagrammen</translation>
    </message>
    <message>
        <source>Charts of</source>
        <translation>Diagramme von</translation>
    </message>
    <message>
        <source>Who won and who lost</source>
        <translation>Wer gewann und wer verlor</translation>
    </message>
    <message>
        <source>Trader type</source>
        <translation>Händlerart</translation>
    </message>
    <message>
        <source>PnL</source>
        <translation>G/V</translation>
    </message>
    <message>
        <source>Inventory</source>
        <translation>Bestand</translation>
    </message>
    <message>
        <source>Maker share</source>
        <translation>Maker-Anteil</translation>
    </message>
    <message>
        <source>Taker share</source>
        <translation>Taker-Anteil</translation>
    </message>
    <message>
        <source>Who won, who lost</source>
        <translation>Wer gewann, wer verlor</translation>
    </message>
    <message>
        <source>No stress in this run yet</source>
        <translation>Noch kein Stress in diesem Lauf</translation>
    </message>
    <message>
        <source>The report failed: {why}</source>
        <translation>Der Bericht ist gescheitert: {why}</translation>
    </message>
    <message>
        <source>Being measured</source>
        <translation>Wird gemessen</translation>
    </message>
    <message>
        <source>Known since its beginning</source>
        <translation>Bekannt seit Beginn</translation>
    </message>
    <message>
        <source>At most an hour is looked at</source>
        <translation>Höchstens eine Stunde wird betrachtet</translation>
    </message>
    <message>
        <source>Not over yet; counted so far</source>
        <translation>Noch nicht vorbei; bisher gezählt</translation>
    </message>
    <message>
        <source>Being measured …</source>
        <translation>Wird gemessen …</translation>
    </message>
    <message>
        <source>Another stress acted until then: there is no calm to compare with.</source>
        <translation>Bis dahin wirkte ein anderer Stress: es gibt keine Ruhe zum Vergleich.</translation>
    </message>
    <message>
        <source>Volatility × calm before is a ratio within this run, over {calm} of calm: it tells what happened, not what caused it. Durations with “&gt;” are not over yet.</source>
        <translation>Volatilität × Ruhe davor ist ein Verhältnis in diesem Lauf, über {calm} Ruhe: es sagt, was geschah, nicht wodurch. Dauern mit „&gt;“ sind noch nicht vorbei.</translation>
    </message>
    <message>
        <source>So short a calm makes it uncertain.</source>
        <translation>Eine so kurze Ruhe macht es unsicher.</translation>
    </message>
    <message>
        <source>recorded order flow does not tell who traded</source>
        <translation>aufgezeichneter Orderfluss sagt nicht, wer handelte</translation>
    </message>
    <message>
        <source>PnL while it acted, so far</source>
        <translation>G/V, solange er wirkte, bisher</translation>
    </message>
    <message>
        <source>while it acted, 15 min at most; PnL at mid, all types sum to zero</source>
        <translation>solange er wirkte, höchstens 15 min; G/V zur Mitte, alle Arten ergeben null</translation>
    </message>
    <message>
        <source>Inject one on the Market tab (Ctrl+1), or with Ctrl+Shift+F, V or L: its report appears here and grows while the market runs.</source>
        <translation>Lösen Sie auf der Marktseite (Strg+1) einen aus, oder mit Strg+Umschalt+F, V oder L: sein Bericht erscheint hier und wächst, während der Markt läuft.</translation>
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
        <source>Volatility spike</source>
        <translation>Volatilitätssprung</translation>
    </message>
    <message>
        <source>The fundamental value moves faster for a while</source>
        <translation>Der Fundamentalwert bewegt sich eine Weile schneller</translation>
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
        <source>A price-insensitive sell programme meets fading buyers and cautious market makers</source>
        <translation>Ein preisunempfindliches Verkaufsprogramm trifft auf schwindende Käufer und vorsichtige Market Maker</translation>
    </message>
    <message>
        <source>Price drop aimed at</source>
        <translation>Angestrebter Kursrückgang</translation>
    </message>
    <message>
        <source>Factor on the volatility of the fundamental value</source>
        <translation>Faktor auf die Volatilität des Fundamentalwerts</translation>
    </message>
    <message>
        <source>Share of the market makers that withdraw</source>
        <translation>Anteil der Market Maker, die sich zurückziehen</translation>
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
        <translation>Größe der Order, als Vielfaches der Lots auf den 20 besten Stufen</translation>
    </message>
    <message>
        <source>Quote stuffing</source>
        <translation>Quote Stuffing</translation>
    </message>
    <message>
        <source>Orders posted and cancelled by the thousand fill the queue of the matching engine</source>
        <translation>Tausende gesetzte und stornierte Orders füllen die Schlange des Matchings</translation>
    </message>
    <message>
        <source>Messages per second, posts and cancels</source>
        <translation>Nachrichten je Sekunde, gesetzt und storniert</translation>
    </message>
    <message>
        <source>Spoofing</source>
        <translation>Spoofing</translation>
    </message>
    <message>
        <source>Large orders behind the touch, meant to be seen; the real order is on the other side</source>
        <translation>Große Orders hinter der Spitze, die gesehen werden sollen; die echte Order liegt auf der anderen Seite</translation>
    </message>
    <message>
        <source>Size of each layer, as a multiple of the lots at the best price</source>
        <translation>Größe jeder Lage, als Vielfaches der Lots zum besten Kurs</translation>
    </message>
    <message>
        <source>Toxic flow</source>
        <translation>Toxischer Orderfluss</translation>
    </message>
    <message>
        <source>Institutions know where the value will be, and trade on it</source>
        <translation>Institutionelle wissen, wo der Wert sein wird, und handeln danach</translation>
    </message>
    <message>
        <source>Share of the new parent orders that are on the right side</source>
        <translation>Anteil der neuen Elternorders, die auf der richtigen Seite sind</translation>
    </message>
    <message>
        <source>Latency shock</source>
        <translation>Latenzschock</translation>
    </message>
    <message>
        <source>Messages of market makers and RL traders take far longer</source>
        <translation>Nachrichten der Market Maker und RL-Händler brauchen viel länger</translation>
    </message>
    <message>
        <source>Factor on the data and order delay of market makers and RL traders</source>
        <translation>Faktor auf die Daten- und Orderverzögerung der Market Maker und RL-Händler</translation>
    </message>
    <message>
        <source>Deleveraging</source>
        <translation>Schuldenabbau</translation>
    </message>
    <message>
        <source>Funds with debt lose equity, and those with too much leverage sell</source>
        <translation>Fonds mit Schulden verlieren Eigenkapital, und die zu stark gehebelten verkaufen</translation>
    </message>
    <message>
        <source>Loss elsewhere that starts it, as a fraction of the funds&apos; assets</source>
        <translation>Auslösender Verlust anderswo, als Anteil am Vermögen der Fonds</translation>
    </message>
    <message>
        <source>Stop loss cascade</source>
        <translation>Stop-Loss-Kaskade</translation>
    </message>
    <message>
        <source>Stop orders below the price turn into market orders one after the other</source>
        <translation>Stop-Orders unter dem Kurs werden eine nach der anderen zu Market-Orders</translation>
    </message>
    <message>
        <source>Lots of all stops, as a share of the usual daily volume</source>
        <translation>Lots aller Stops, als Anteil am üblichen Tagesvolumen</translation>
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
        <translation>Jeder Markt wird eine Minute vor dem Schock kopiert; eine Kopie bekommt die Händler, die andere nicht. Was danach verschieden ist, kommt von ihnen.</translation>
    </message>
    <message>
        <source>Stresses</source>
        <translation>Stress</translation>
    </message>
    <message>
        <source>Each in its usual strength</source>
        <translation>Jeder in seiner üblichen Stärke</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keiner</translation>
    </message>
    <message>
        <source>Pairs of markets</source>
        <translation>Marktpaare</translation>
    </message>
    <message>
        <source>More find smaller effects</source>
        <translation>Mehr finden kleinere Effekte</translation>
    </message>
    <message>
        <source>Traders</source>
        <translation>Händler</translation>
    </message>
    <message>
        <source>How many have this policy</source>
        <translation>Wie viele diese Strategie haben</translation>
    </message>
    <message>
        <source>Minutes after the shock</source>
        <translation>Minuten nach dem Schock</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Another one gives other markets</source>
        <translation>Ein anderer gibt andere Märkte</translation>
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
        <translation>Jeden vergangenen Augenblick wieder ansehen: Leiter, Tiefe, Heatmap und Abschlüsse, wie sie waren. Der Markt geht währenddessen weiter.</translation>
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
    <name>TradeTape</name>
    <message>
        <source>Latest trades</source>
        <translation>Letzte Abschlüsse</translation>
    </message>
    <message>
        <source>Latest trades, newest first. ▲ a buyer took the ask, ▼ a seller hit the bid, ● the recording does not tell.</source>
        <translation>Letzte Abschlüsse, der neueste zuerst. ▲ ein Käufer nahm den Brief, ▼ ein Verkäufer traf das Geld, ● die Aufzeichnung sagt es nicht.</translation>
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
    <name>TraderSection</name>
    <message>
        <source>Share of the traded volume</source>
        <translation>Anteil am gehandelten Volumen</translation>
    </message>
    <message>
        <source>Show the parameters</source>
        <translation>Die Parameter zeigen</translation>
    </message>
    <message>
        <source>Parameters of {name}</source>
        <translation>Parameter von {name}</translation>
    </message>
    <message>
        <source>
Acts from the next reset on.</source>
        <translation>
Wirkt ab dem nächsten Zurücksetzen.</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>Noise</translation>
    </message>
    <message>
        <source>Zero-intelligence limit and market orders: the background supply of liquidity.</source>
        <translation>Zufällige Limit- und Market-Orders: das Grundangebot an Liquidität.</translation>
    </message>
    <message>
        <source>Data latency</source>
        <translation>Datenlatenz</translation>
    </message>
    <message>
        <source>Order latency</source>
        <translation>Orderlatenz</translation>
    </message>
    <message>
        <source>Latency spread</source>
        <translation>Streuung der Latenz</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>Anzahl</translation>
    </message>
    <message>
        <source>Limit rate</source>
        <translation>Limit-Rate</translation>
    </message>
    <message>
        <source>Limit exponent</source>
        <translation>Limit-Exponent</translation>
    </message>
    <message>
        <source>Market rate</source>
        <translation>Market-Rate</translation>
    </message>
    <message>
        <source>Share inside</source>
        <translation>Anteil im Spread</translation>
    </message>
    <message>
        <source>Share at best</source>
        <translation>Anteil an der Spitze</translation>
    </message>
    <message>
        <source>Placement scale</source>
        <translation>Platzierungsskala</translation>
    </message>
    <message>
        <source>Placement tail</source>
        <translation>Platzierungsende</translation>
    </message>
    <message>
        <source>Max distance</source>
        <translation>Größter Abstand</translation>
    </message>
    <message>
        <source>Size log mean</source>
        <translation>Log-Mittel der Größe</translation>
    </message>
    <message>
        <source>Size log sd</source>
        <translation>Log-SD der Größe</translation>
    </message>
    <message>
        <source>Lifetime scale</source>
        <translation>Skala der Lebensdauer</translation>
    </message>
    <message>
        <source>Lifetime distance</source>
        <translation>Abstand der Lebensdauer</translation>
    </message>
    <message>
        <source>Lifetime tail</source>
        <translation>Ende der Lebensdauer</translation>
    </message>
    <message>
        <source>Lifetime cap</source>
        <translation>Grenze der Lebensdauer</translation>
    </message>
    <message>
        <source>Market size tail</source>
        <translation>Ende der Market-Größe</translation>
    </message>
    <message>
        <source>Market size cap</source>
        <translation>Grenze der Market-Größe</translation>
    </message>
    <message>
        <source>Market makers</source>
        <translation>Market Maker</translation>
    </message>
    <message>
        <source>Quote both sides around a reference price, shaded by inventory, wider when volatile.</source>
        <translation>Stellen beide Seiten um einen Referenzkurs, nach dem Bestand verschoben, bei Volatilität weiter.</translation>
    </message>
    <message>
        <source>Refresh rate</source>
        <translation>Erneuerungsrate</translation>
    </message>
    <message>
        <source>React probability</source>
        <translation>Reaktionswahrsch.</translation>
    </message>
    <message>
        <source>React delay</source>
        <translation>Reaktionszeit</translation>
    </message>
    <message>
        <source>Min gap</source>
        <translation>Mindestabstand</translation>
    </message>
    <message>
        <source>Imbalance skew</source>
        <translation>Neigung nach Imbalance</translation>
    </message>
    <message>
        <source>Inventory skew</source>
        <translation>Neigung nach Bestand</translation>
    </message>
    <message>
        <source>Value anchor</source>
        <translation>Wertanker</translation>
    </message>
    <message>
        <source>Value noise</source>
        <translation>Wertrauschen</translation>
    </message>
    <message>
        <source>Min half spread</source>
        <translation>Kleinster halber Spread</translation>
    </message>
    <message>
        <source>Spread volatility</source>
        <translation>Spread-Volatilität</translation>
    </message>
    <message>
        <source>Levels</source>
        <translation>Stufen</translation>
    </message>
    <message>
        <source>Level step</source>
        <translation>Stufenschritt</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Size exponent</source>
        <translation>Größenexponent</translation>
    </message>
    <message>
        <source>Max inventory</source>
        <translation>Größter Bestand</translation>
    </message>
    <message>
        <source>Dump share</source>
        <translation>Abwurfanteil</translation>
    </message>
    <message>
        <source>Stop volatility</source>
        <translation>Stop-Volatilität</translation>
    </message>
    <message>
        <source>Fundamental</source>
        <translation>Fundamental</translation>
    </message>
    <message>
        <source>Trade towards their own estimate of the fundamental value.</source>
        <translation>Handeln auf ihre eigene Schätzung des Fundamentalwerts hin.</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>Rate</translation>
    </message>
    <message>
        <source>Bias</source>
        <translation>Neigung</translation>
    </message>
    <message>
        <source>Threshold min</source>
        <translation>Kleinste Schwelle</translation>
    </message>
    <message>
        <source>Threshold max</source>
        <translation>Größte Schwelle</translation>
    </message>
    <message>
        <source>Unit size</source>
        <translation>Einheitsgröße</translation>
    </message>
    <message>
        <source>Max units</source>
        <translation>Meiste Einheiten</translation>
    </message>
    <message>
        <source>Aggressive probability</source>
        <translation>Aggressive Wahrsch.</translation>
    </message>
    <message>
        <source>Aggressive multiple</source>
        <translation>Aggressives Vielfaches</translation>
    </message>
    <message>
        <source>Lifetime</source>
        <translation>Lebensdauer</translation>
    </message>
    <message>
        <source>Momentum</source>
        <translation>Momentum</translation>
    </message>
    <message>
        <source>Follow the recent trend over a horizon of their own.</source>
        <translation>Folgen dem jüngsten Trend über ihren eigenen Horizont.</translation>
    </message>
    <message>
        <source>Horizon min</source>
        <translation>Kleinster Horizont</translation>
    </message>
    <message>
        <source>Horizon max</source>
        <translation>Größter Horizont</translation>
    </message>
    <message>
        <source>Entry</source>
        <translation>Einstieg</translation>
    </message>
    <message>
        <source>Exit</source>
        <translation>Ausstieg</translation>
    </message>
    <message>
        <source>Institutions</source>
        <translation>Institutionelle</translation>
    </message>
    <message>
        <source>Split large parent orders into many small market orders.</source>
        <translation>Teilen große Gesamtaufträge in viele kleine Market-Orders.</translation>
    </message>
    <message>
        <source>Parent min</source>
        <translation>Kleinste Elternorder</translation>
    </message>
    <message>
        <source>Parent tail</source>
        <translation>Ende der Elternorder</translation>
    </message>
    <message>
        <source>Parent cap</source>
        <translation>Grenze der Elternorder</translation>
    </message>
    <message>
        <source>Child tail</source>
        <translation>Ende der Kindorder</translation>
    </message>
    <message>
        <source>Child cap</source>
        <translation>Grenze der Kindorder</translation>
    </message>
    <message>
        <source>Rest</source>
        <translation>Ruhezeit</translation>
    </message>
    <message>
        <source>News</source>
        <translation>Nachrichten</translation>
    </message>
    <message>
        <source>Give up</source>
        <translation>Aufgeben ab</translation>
    </message>
    <message>
        <source>Noise, once</source>
        <translation>Noise, einmalig</translation>
    </message>
    <message>
        <source>Noise traders that act once a session (ABIDES, Byrd et al. 2020).</source>
        <translation>Rauschhändler, die einmal je Sitzung handeln (ABIDES, Byrd et al. 2020).</translation>
    </message>
    <message>
        <source>Before open</source>
        <translation>Vor Eröffnung</translation>
    </message>
    <message>
        <source>Makers by volume</source>
        <translation>Maker nach Volumen</translation>
    </message>
    <message>
        <source>Market makers that quote a share of the volume traded (adaptive makers of ABIDES).</source>
        <translation>Market-Maker, die einen Anteil am gehandelten Volumen stellen (adaptive Market-Maker von ABIDES).</translation>
    </message>
    <message>
        <source>Refresh time</source>
        <translation>Erneuerungszeit</translation>
    </message>
    <message>
        <source>Participation</source>
        <translation>Beteiligung</translation>
    </message>
    <message>
        <source>Level spacing</source>
        <translation>Stufenabstand</translation>
    </message>
    <message>
        <source>Spread weight</source>
        <translation>Spread-Gewicht</translation>
    </message>
    <message>
        <source>Min size</source>
        <translation>Kleinste Größe</translation>
    </message>
    <message>
        <source>Bayesian value</source>
        <translation>Bayes-Wert</translation>
    </message>
    <message>
        <source>Value traders that update a normal belief about the fundamental (ABIDES).</source>
        <translation>Werthändler, die eine normalverteilte Vermutung über den Fundamentalwert fortschreiben (ABIDES).</translation>
    </message>
    <message>
        <source>Observation variance</source>
        <translation>Beobachtungsvarianz</translation>
    </message>
    <message>
        <source>Reversion</source>
        <translation>Rückkehr</translation>
    </message>
    <message>
        <source>Shock variance</source>
        <translation>Schockvarianz</translation>
    </message>
    <message>
        <source>Aggressive share</source>
        <translation>Aggressiver Anteil</translation>
    </message>
    <message>
        <source>Depth spread</source>
        <translation>Tiefenstreuung</translation>
    </message>
    <message>
        <source>Crossover</source>
        <translation>Kreuzung</translation>
    </message>
    <message>
        <source>Momentum traders that compare two averages of the mid prices they have seen (ABIDES).</source>
        <translation>Momentum-Händler, die zwei Mittel der gesehenen Mittekurse vergleichen (ABIDES).</translation>
    </message>
    <message>
        <source>Wake time</source>
        <translation>Weckzeit</translation>
    </message>
    <message>
        <source>Chartists (FCN)</source>
        <translation>Chartisten (FCN)</translation>
    </message>
    <message>
        <source>Traders that weigh value, trend and noise (Chiarella and Iori 2002).</source>
        <translation>Händler, die Wert, Trend und Rauschen gewichten (Chiarella und Iori 2002).</translation>
    </message>
    <message>
        <source>Fundamental weight</source>
        <translation>Fundamentalgewicht</translation>
    </message>
    <message>
        <source>Chartist weight</source>
        <translation>Chartistengewicht</translation>
    </message>
    <message>
        <source>Noise weight</source>
        <translation>Rauschgewicht</translation>
    </message>
    <message>
        <source>Value time</source>
        <translation>Wertzeit</translation>
    </message>
    <message>
        <source>Horizon</source>
        <translation>Horizont</translation>
    </message>
    <message>
        <source>Margin</source>
        <translation>Marge</translation>
    </message>
</context>
<context>
    <name>TradersPage</name>
    <message>
        <source>Trader types</source>
        <translation>Händlerarten</translation>
    </message>
    <message>
        <source>since the open</source>
        <translation>seit der Eröffnung</translation>
    </message>
</context>
<context>
    <name>TrainingChart</name>
    <message>
        <source>{algorithm} has none</source>
        <translation>{algorithm} hat keine</translation>
    </message>
    <message>
        <source>waiting for the first episode to end</source>
        <translation>wartet auf das Ende der ersten Episode</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>nicht gemessen</translation>
    </message>
    <message>
        <source>Reward</source>
        <translation>Belohnung</translation>
    </message>
    <message>
        <source>mean return of the last 100 episodes</source>
        <translation>mittlerer Ertrag der letzten 100 Episoden</translation>
    </message>
    <message>
        <source>Profit per episode</source>
        <translation>Gewinn je Episode</translation>
    </message>
    <message>
        <source>currency, last position closed</source>
        <translation>Währung, letzte Position geschlossen</translation>
    </message>
    <message>
        <source>Mean of the episodes that ended in the iteration, with the random actions of exploration</source>
        <translation>Mittel der Episoden, die in der Iteration endeten, mit den Zufallsaktionen der Exploration</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>Aktionen</translation>
    </message>
    <message>
        <source>share, %</source>
        <translation>Anteil, %</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>decisions per second, learning included</source>
        <translation>Entscheidungen je Sekunde, mit Lernen</translation>
    </message>
    <message>
        <source>Policy loss</source>
        <translation>Strategieverlust</translation>
    </message>
    <message>
        <source>Value error</source>
        <translation>Wertfehler</translation>
    </message>
    <message>
        <source>mean squared or Huber</source>
        <translation>quadratisch oder Huber</translation>
    </message>
    <message>
        <source>Error against its targets: squared for PPO, Huber for DQN and SAC</source>
        <translation>Fehler gegen seine Ziele: quadratisch bei PPO, Huber bei DQN und SAC</translation>
    </message>
    <message>
        <source>Entropy</source>
        <translation>Entropie</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>Nat</translation>
    </message>
    <message>
        <source>Undecided: 1.10 between the 3 actions of a directional trader, 2.30 between the 10 of a maker, 1.95 between the 7 of an executor</source>
        <translation>Unentschieden: 1,10 zwischen den 3 Aktionen eines gerichteten Händlers, 2,30 zwischen den 10 eines Market Makers, 1,95 zwischen den 7 eines Ausführers</translation>
    </message>
    <message>
        <source>Explained variance</source>
        <translation>Erklärte Varianz</translation>
    </message>
    <message>
        <source>of the returns</source>
        <translation>der Erträge</translation>
    </message>
    <message>
        <source>Gradient norm</source>
        <translation>Gradientennorm</translation>
    </message>
    <message>
        <source>before it is limited</source>
        <translation>vor der Begrenzung</translation>
    </message>
    <message>
        <source>KL divergence</source>
        <translation>KL-Divergenz</translation>
    </message>
    <message>
        <source>new from old policy</source>
        <translation>neue von alter Strategie</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>weight of the entropy</source>
        <translation>Gewicht der Entropie</translation>
    </message>
    <message>
        <source>Mean value</source>
        <translation>Mittlerer Wert</translation>
    </message>
    <message>
        <source>of the states learned from</source>
        <translation>der gelernten Zustände</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>step size of the optimiser</source>
        <translation>Schrittweite des Optimierers</translation>
    </message>
    <message>
        <source>As the settings let it fall, and as it was set while the training ran</source>
        <translation>Wie die Einstellungen sie fallen lassen, und wie sie während des Trainings gesetzt wurde</translation>
    </message>
    <message>
        <source>Inventory</source>
        <translation>Bestand</translation>
    </message>
    <message>
        <source>mean |position|, % of the limit</source>
        <translation>mittlere |Position|, % der Grenze</translation>
    </message>
    <message>
        <source>Episode length</source>
        <translation>Länge einer Episode</translation>
    </message>
    <message>
        <source>decisions, last 100 episodes</source>
        <translation>Entscheidungen, letzte 100 Episoden</translation>
    </message>
</context>
<context>
    <name>TrainingCharts</name>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>The training begins</source>
        <translation>Das Training beginnt</translation>
    </message>
    <message>
        <source>A cluster is started, the markets are compiled and warmed up: ten to forty seconds. The first curves come with the first iteration.</source>
        <translation>Ein Cluster wird gestartet, die Märkte werden übersetzt und eingeschwungen: zehn bis vierzig Sekunden. Die ersten Kurven kommen mit der ersten Iteration.</translation>
    </message>
    <message>
        <source>No training yet</source>
        <translation>Noch kein Training</translation>
    </message>
    <message>
        <source>Choose a preset or a scenario and press “Start training”. Reward, profit, losses, actions and speed are drawn here as they come in. Under “Compare with” the curves of stored models can be drawn at once.</source>
        <translation>Wählen Sie eine Vorlage oder ein Szenario und drücken Sie „Training starten“. Belohnung, Gewinn, Verluste, Aktionen und Tempo werden hier gezeichnet, wie sie eintreffen. Unter „Vergleichen mit“ lassen sich sofort die Kurven gespeicherter Modelle zeichnen.</translation>
    </message>
</context>
<context>
    <name>TrainingController</name>
    <message>
        <source>Starting the training process</source>
        <translation>Der Trainingsprozess startet</translation>
    </message>
    <message>
        <source>Stopping: the running iteration is finished first</source>
        <translation>Endet: die laufende Iteration wird erst beendet</translation>
    </message>
    <message>
        <source>A sampling worker ended and was started again ({n} so far). If that goes on, use fewer workers or fewer markets per worker.</source>
        <translation>Ein Worker endete und wurde neu gestartet (bisher {n}). Wenn das so weitergeht, nehmen Sie weniger Worker oder weniger Märkte je Worker.</translation>
    </message>
    <message>
        <source>Less than 400 MB of memory is free. Close other programs, or train with fewer workers or fewer markets per worker.</source>
        <translation>Weniger als 400 MB Speicher sind frei. Schließen Sie andere Programme, oder trainieren Sie mit weniger Workern oder weniger Märkten je Worker.</translation>
    </message>
    <message>
        <source>Ray&apos;s object store is almost full; use shorter rollouts.</source>
        <translation>Rays Objektspeicher ist fast voll; nehmen Sie kürzere Rollouts.</translation>
    </message>
</context>
<context>
    <name>TrainingForm</name>
    <message>
        <source>More settings</source>
        <translation>Weitere Einstellungen</translation>
    </message>
    <message>
        <source>Start training</source>
        <translation>Training starten</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Add to queue</source>
        <translation>In die Warteschlange</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Save now</source>
        <translation>Jetzt sichern</translation>
    </message>
    <message>
        <source>Write a checkpoint after the running iteration</source>
        <translation>Nach der laufenden Iteration einen Checkpoint schreiben</translation>
    </message>
    <message>
        <source>chosen for you</source>
        <translation>wird gewählt</translation>
    </message>
    <message>
        <source>where it is trained</source>
        <translation>wo trainiert wird</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Go on with the training</source>
        <translation>Das Training fortsetzen</translation>
    </message>
    <message>
        <source>Finish the running iteration and wait</source>
        <translation>Die laufende Iteration beenden und warten</translation>
    </message>
    <message>
        <source>End now</source>
        <translation>Jetzt beenden</translation>
    </message>
    <message>
        <source>End at once; what was learned since the last checkpoint is lost</source>
        <translation>Sofort beenden; was seit dem letzten Checkpoint gelernt wurde, geht verloren</translation>
    </message>
    <message>
        <source>Finish the running iteration, save the model and stop</source>
        <translation>Die laufende Iteration beenden, das Modell sichern und aufhören</translation>
    </message>
    <message>
        <source>A training runs: add this one to the queue</source>
        <translation>Ein Training läuft: stellen Sie dieses in die Warteschlange</translation>
    </message>
    <message>
        <source>Train a policy with these settings</source>
        <translation>Eine Strategie mit diesen Einstellungen trainieren</translation>
    </message>
    <message>
        <source>Train a policy with these settings after the others</source>
        <translation>Eine Strategie mit diesen Einstellungen nach den anderen trainieren</translation>
    </message>
    <message>
        <source>A setting cannot be used: see the text below it</source>
        <translation>Eine Einstellung ist unbrauchbar: siehe den Text darunter</translation>
    </message>
    <message>
        <source>Maker and executor</source>
        <translation>Market Maker und Ausführer</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>Sammeln</translation>
    </message>
    <message>
        <source>Reward</source>
        <translation>Belohnung</translation>
    </message>
    <message>
        <source>Learning</source>
        <translation>Lernen</translation>
    </message>
    <message>
        <source>Learning by PPO</source>
        <translation>Lernen mit PPO</translation>
    </message>
    <message>
        <source>Learning from a replay buffer</source>
        <translation>Lernen aus einem Replay-Puffer</translation>
    </message>
    <message>
        <source>Network, checkpoints</source>
        <translation>Netz, Checkpoints</translation>
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
        <translation>Volumendiagramm</translation>
    </message>
    <message>
        <source>{n} lots</source>
        <translation>{n} Lots</translation>
    </message>
</context>
<context>
    <name>WindowPanel</name>
    <message>
        <source>from</source>
        <translation>von</translation>
    </message>
    <message>
        <source>to</source>
        <translation>bis</translation>
    </message>
    <message>
        <source>Measure nothing (Esc)</source>
        <translation>Nichts messen (Esc)</translation>
    </message>
    <message>
        <source>Close the measured window</source>
        <translation>Gemessenes Fenster schließen</translation>
    </message>
    <message>
        <source>Measures of the window</source>
        <translation>Maße des Fensters</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Maß</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Trader types in the window</source>
        <translation>Händlerarten im Fenster</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>PnL</source>
        <translation>G/V</translation>
    </message>
    <message>
        <source>Lots</source>
        <translation>Lots</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>Anteil</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>Measured window</source>
        <translation>Gemessenes Fenster</translation>
    </message>
    <message>
        <source>Trader types</source>
        <translation>Händlerarten</translation>
    </message>
    <message>
        <source>Measuring …</source>
        <translation>Wird gemessen …</translation>
    </message>
    <message>
        <source>The end must be later than the beginning.</source>
        <translation>Das Ende muss nach dem Beginn liegen.</translation>
    </message>
    <message>
        <source>VPIN in buckets of {n} lots. A dash: too short to tell.</source>
        <translation>VPIN in Körben zu {n} Lots. Ein Strich: zu kurz für eine Angabe.</translation>
    </message>
    <message>
        <source>Measured window {which}, seconds</source>
        <translation>Gemessenes Fenster {which}, Sekunden</translation>
    </message>
</context>
<context>
    <name>_Judge</name>
    <message>
        <source>Scenario</source>
        <translation>Szenario</translation>
    </message>
</context>
<context>
    <name>_Model</name>
    <message>
        <source>Type</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>The class of traders</source>
        <translation>Die Art der Händler</translation>
    </message>
    <message>
        <source>Traders</source>
        <translation>Händler</translation>
    </message>
    <message>
        <source>How many traders of this type</source>
        <translation>Wie viele Händler dieser Art</translation>
    </message>
    <message>
        <source>Inventory</source>
        <translation>Bestand</translation>
    </message>
    <message>
        <source>Shares held, in lots, summed over its traders; the start counts as zero</source>
        <translation>Gehaltene Stücke, in Lots, summiert über ihre Händler; der Beginn zählt als null</translation>
    </message>
    <message>
        <source>PnL</source>
        <translation>G/V</translation>
    </message>
    <message>
        <source>Profit and loss in currency, marked at the mid</source>
        <translation>Gewinn und Verlust in Währung, bewertet zur Mitte</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>Als Maker</translation>
    </message>
    <message>
        <source>Lots filled while resting in the book</source>
        <translation>Lots, im Buch liegend ausgeführt</translation>
    </message>
    <message>
        <source>Taken</source>
        <translation>Als Taker</translation>
    </message>
    <message>
        <source>Lots filled as the aggressor</source>
        <translation>Lots, als Aggressor ausgeführt</translation>
    </message>
    <message>
        <source>Maker</source>
        <translation>Maker</translation>
    </message>
    <message>
        <source>Share of all lots filled while resting</source>
        <translation>Anteil aller Lots, liegend ausgeführt</translation>
    </message>
    <message>
        <source>Taker</source>
        <translation>Taker</translation>
    </message>
    <message>
        <source>Share of all lots filled as the aggressor</source>
        <translation>Anteil aller Lots, als Aggressor ausgeführt</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>Anteil</translation>
    </message>
    <message>
        <source>Share of all filled lots, maker and taker together</source>
        <translation>Anteil aller ausgeführten Lots, Maker und Taker zusammen</translation>
    </message>
    <message>
        <source>Turnover</source>
        <translation>Umsatz</translation>
    </message>
    <message>
        <source>Value traded in currency, as maker and as taker; of the fills that were seen</source>
        <translation>Gehandelter Wert in Währung, als Maker und als Taker; aus den gesehenen Ausführungen</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>Nachrichten</translation>
    </message>
    <message>
        <source>Orders, cancels and trades sent</source>
        <translation>Gesandte Orders, Stornos und Abschlüsse</translation>
    </message>
</context>
<context>
    <name>_ModelRows</name>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Name of the model; its folder lies in the user&apos;s data folder</source>
        <translation>Name des Modells; sein Ordner liegt im Datenordner des Benutzers</translation>
    </message>
    <message>
        <source>Algorithm</source>
        <translation>Algorithmus</translation>
    </message>
    <message>
        <source>How it was trained, and its role if that is not directional</source>
        <translation>Wie es trainiert wurde, und seine Rolle, wo sie nicht directional ist</translation>
    </message>
    <message>
        <source>Scenario</source>
        <translation>Szenario</translation>
    </message>
    <message>
        <source>Where it was trained</source>
        <translation>Wo es trainiert wurde</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Datum</translation>
    </message>
    <message>
        <source>When its last checkpoint was written</source>
        <translation>Wann sein letzter Checkpoint geschrieben wurde</translation>
    </message>
    <message>
        <source>Decisions</source>
        <translation>Entscheidungen</translation>
    </message>
    <message>
        <source>Decisions sampled in its training</source>
        <translation>Entscheidungen in seinem Training</translation>
    </message>
    <message>
        <source>Reward</source>
        <translation>Belohnung</translation>
    </message>
    <message>
        <source>Mean return of the last 100 episodes of its training</source>
        <translation>Mittlerer Ertrag der letzten 100 Episoden seines Trainings</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>Bewertung</translation>
    </message>
    <message>
        <source>Verdict on held-out days against simple rules</source>
        <translation>Urteil an ungesehenen Tagen gegen einfache Regeln</translation>
    </message>
    <message>
        <source>Volatility</source>
        <translation>Volatilität</translation>
    </message>
    <message>
        <source>Stress test: factor by which it changes volatility, over all stresses tested; above 1 it adds to it</source>
        <translation>Stresstest: Faktor, um den es die Volatilität ändert, über alle geprüften Stresse; über 1 erhöht es sie</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Schlagworte</translation>
    </message>
    <message>
        <source>Words of your own</source>
        <translation>Eigene Worte</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>How the training ended; unfinished: at a checkpoint in its midst</source>
        <translation>Wie das Training endete; unfertig: an einem Checkpoint mittendrin</translation>
    </message>
</context>
<context>
    <name>_RLSection</name>
    <message>
        <source>RL traders</source>
        <translation>RL-Händler</translation>
    </message>
    <message>
        <source>Trained model</source>
        <translation>Trainiertes Modell</translation>
    </message>
    <message>
        <source>Models of the registry; train one in the RL tab</source>
        <translation>Modelle der Liste; trainieren Sie eines auf der RL-Seite</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Add traders that follow this model</source>
        <translation>Händler hinzufügen, die diesem Modell folgen</translation>
    </message>
    <message>
        <source>{p:.1f} % of volume</source>
        <translation>{p:.1f} % des Volumens</translation>
    </message>
    <message>
        <source>Traders of {model}</source>
        <translation>Händler von {model}</translation>
    </message>
    <message>
        <source>Take these traders out (at the next reset)</source>
        <translation>Diese Händler herausnehmen (beim nächsten Zurücksetzen)</translation>
    </message>
    <message>
        <source>Remove {model}</source>
        <translation>{model} entfernen</translation>
    </message>
</context>
<context>
    <name>_TaskRow</name>
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
        <source>Replay LOBSTER order flow (.zip, .7z, .csv, .gz)</source>
        <translation>LOBSTER-Orderfluss wiedergeben (.zip, .7z, .csv, .gz)</translation>
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
        <source>&amp;Clear the recent files</source>
        <translation>Zuletzt geöffnete Dateien &amp;vergessen</translation>
    </message>
    <message>
        <source>Forget which files were open</source>
        <translation>Vergessen, welche Dateien geöffnet waren</translation>
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
        <source>Copy as &amp;Python</source>
        <translation>Als &amp;Python kopieren</translation>
    </message>
    <message>
        <source>Copy a script that makes this session again, bit by bit</source>
        <translation>Ein Skript kopieren, das diese Sitzung Bit für Bit noch einmal herstellt</translation>
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
        <source>Set its learning &amp;rate</source>
        <translation>Seine Lern&amp;rate setzen</translation>
    </message>
    <message>
        <source>Of the training that runs</source>
        <translation>Des laufenden Trainings</translation>
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
        <translation>A&amp;nalyse</translation>
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
        <source>&amp;Experiments</source>
        <translation>&amp;Experimente</translation>
    </message>
    <message>
        <source>What a treatment does to many matched markets</source>
        <translation>Was eine Behandlung in vielen gepaarten Märkten bewirkt</translation>
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
        <source>Open an experiment file…</source>
        <translation>Experimentdatei öffnen…</translation>
    </message>
    <message>
        <source>A file (.toml)</source>
        <translation>Eine Datei (.toml)</translation>
    </message>
    <message>
        <source>Start the experiment, or &amp;resume it</source>
        <translation>Experiment starten oder &amp;fortsetzen</translation>
    </message>
    <message>
        <source>The chosen file, or the unfinished results on show</source>
        <translation>Die gewählte Datei, oder die gezeigten unfertigen Ergebnisse</translation>
    </message>
    <message>
        <source>&amp;Pause the experiment, or go on</source>
        <translation>Experiment &amp;anhalten oder weiterführen</translation>
    </message>
    <message>
        <source>After the runs under way</source>
        <translation>Nach den begonnenen Läufen</translation>
    </message>
    <message>
        <source>Ca&amp;ncel the experiment</source>
        <translation>Experiment a&amp;bbrechen</translation>
    </message>
    <message>
        <source>After the runs under way; what is finished is kept</source>
        <translation>Nach den begonnenen Läufen; was fertig ist, bleibt</translation>
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
<context>
    <name>translations</name>
    <message>
        <source>Something went wrong in the window</source>
        <translation>Im Fenster ging etwas schief</translation>
    </message>
    <message>
        <source>{error}. The market goes on; please copy the details into a bug report.</source>
        <translation>{error}. Der Markt läuft weiter; bitte kopieren Sie die Einzelheiten in eine Fehlermeldung.</translation>
    </message>
</context>
</TS>
