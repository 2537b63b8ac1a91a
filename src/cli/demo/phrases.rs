//! What the sample posts are made of: invented people and brands, and sentences about them in several
//! languages. `{}` stands for a brand.

/// The brand that the demo asks about, and others beside it.
pub const ASKED: &str = "Acme";
pub const OTHERS: &[&str] = &["Nordvik", "Luma Mills", "Quillon", "Brightpeak", "Tarn & Holt"];

pub const PEOPLE: &[(&str, &str)] = &[
    ("ann_walks", "Ann Oyelaran"),
    ("bram.b", "Bram de Boer"),
    ("carla_m", "Carla Moretti"),
    ("dov-outdoors", "Dov Adler"),
    ("eszter", "Eszter Kis"),
    ("fjord_finn", "Finn Solheim"),
    ("gitte77", "Gitte Brandt"),
    ("hana_k", "Hana Kimura"),
    ("ines.r", "Inês Ramalho"),
    ("jp_trail", "Jean-Pierre Aubry"),
    ("kofi_a", "Kofi Asante"),
    ("lena_packt", "Lena Voss"),
    ("mikeonfoot", "Mike Tarrant"),
    ("nadia_z", "Nadia Zaher"),
    ("oskar_l", "Oskar Lind"),
    ("paolo_v", "Paolo Vitale"),
    ("quinn_q", "Quinn Abara"),
    ("rosa_en_ruta", "Rosa Ibáñez"),
    ("sam_s", "Sam Sutherland"),
    ("tilde_t", "Tilde Nyström"),
    ("uma_reads", "Uma Pillai"),
    ("vik_cooks", "Viktor Hale"),
    ("wren_w", "Wren Whitlock"),
    ("xime_c", "Ximena Cruz"),
    ("yuki_n", "Yuki Nakagawa"),
    ("zoe_on_wheels", "Zoe Carden"),
    ("thegearledger", "The Gear Ledger"),
    ("hutkeeper", "Hut Keeper"),
    ("northline_shop", "Northline Shop"),
    ("secondhand_sal", "Sal Mercer"),
    ("campsite_cat", "Cat Holloway"),
    ("weekend_wim", "Wim Peeters"),
];

/// Language and sentence.
pub const ABOUT: &[(&str, &str)] = &[
    ("en", "Three weeks in and the {} boots still keep the rain out."),
    ("en", "Anyone else waiting on a refund from {}? Day twelve here."),
    ("en", "{} answered my mail within the hour. Did not expect that!"),
    ("en", "Stitching on my {} pack came undone on day two. Disappointed."),
    ("en", "Is {} worth the price, or am I paying for the logo?"),
    ("en", "Found a nearly new {} jacket at the flea market, best Sunday in a while"),
    ("en", "The new {} store downtown had a queue around the block this morning."),
    ("en", "{}'s repair service took my ten-year-old tent without a question."),
    ("en", "hot take: {} peaked two seasons ago"),
    ("en", "Comparing warm socks: {}, then everything else (thread)"),
    ("en", "My review of the {} stove is up. Short version: buy the windshield too."),
    ("en", "Why does {} ship one pair of laces in a box the size of a fridge?"),
    ("en", "Walked 31 km today. Thanks, {}, for zero blisters 🥾"),
    ("en", "So {} raised prices again. I'm out."),
    ("en", "(asking for a friend) does the {} sizing run small?"),
    ("de", "Die Schuhe von {} halten jetzt schon den dritten Winter."),
    ("de", "Wieder nichts: {} hat meine Bestellung zum zweiten Mal storniert."),
    ("de", "Kennt jemand den Kundendienst von {}? Zwei Tage keine Antwort."),
    ("fr", "Reçu mon sac {} ce matin, la couleur est superbe."),
    ("fr", "Déçue par {} : la fermeture a lâché au bout d'une semaine."),
    ("es", "La mochila de {} aguantó todo el Camino. Recomendada."),
    ("es", "¿Alguien sabe cuándo abre la tienda de {} en Valencia?"),
    ("it", "Le scarpe {} sono comode, ma il tallone si consuma presto."),
    ("pt", "Comprei uma jaqueta da {} e chegou em dois dias!"),
    ("nl", "Eindelijk een regenjas van {} die echt droog houdt."),
    ("sv", "Någon som provat nya tältet från {}? Funderar på att byta."),
    ("ja", "{}の靴、雨の日でも滑らない。買ってよかった。"),
    ("ja", "{} のサポート、返信が早くて助かった。"),
];

/// Two brands in one post; the first `{}` is the one that counts here.
pub const COMPARED: &[(&str, &str)] = &[
    ("en", "Switched from {} to {} last year and never looked back."),
    ("en", "{} or {} for a week of mud? Budget is not the problem."),
    ("de", "{} oder {}? Ich kann mich nicht entscheiden."),
    ("fr", "Entre {} et {}, je prends le plus léger."),
];

/// What looks like the brand to a search that does not look closely, and is another word.
pub const NEAR_MISSES: &[(&str, &str)] = &[
    ("en", "Chapter two of my notes on acmeology is out: what does it mean to be at one's best?"),
    ("en", "TIL acmeology is a field of study. #acmeology"),
    ("en", "The Acmeist poets deserve better translations, tonight at the reading room."),
    ("en", "new here! part of the acme_fans_unofficial group chat, hi all"),
    ("en", "The acmesthesia exhibit was odd but I stayed for two hours"),
    ("de", "Akmeologie oder Acmeologie, wie schreibt man das nun?"),
    ("es", "Leyendo sobre la acmeología, gracias por la recomendación."),
    ("en", "macmeals are back at the canteen, pray for us"),
];

pub const OFF_TOPIC: &[(&str, &str)] = &[
    ("en", "Sunrise at the hut, nobody up but the goats."),
    ("en", "Which bread recipe survives a campfire? Asking before Friday."),
    ("en", "The night train was late, the coffee was good, I regret nothing."),
    ("en", "New tyres on the cargo bike. It is basically a sofa now."),
    ("en", "Trail is closed after the bridge until Thursday, take the upper path."),
    ("de", "Heute zum ersten Mal Pilze gefunden, die man essen kann."),
    ("de", "Wer hat am Samstag Zeit für eine Runde um den See?"),
    ("fr", "Pluie toute la journée, parfait pour réparer la tente."),
    ("es", "Primera nieve del año en la sierra ❄️"),
    ("it", "Qualcuno conosce un rifugio aperto anche in novembre?"),
    ("nl", "Wind tegen, heen én terug. Hoe dan."),
    ("ja", "今日の山頂は雲の上でした。"),
];
