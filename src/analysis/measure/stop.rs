//! Words that say nothing of a post's subject, in English, German, French and Spanish.

use std::collections::HashMap;

const ENGLISH: &str = "a about above after again against ain't all also am an and another any anyone anything are aren't as at back be because been before being below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't done down during each either else ever every everyone everything few first for from further get gets getting go goes going gonna good got had hadn't has hasn't have haven't having he her here hers herself him himself his how however i i'd i'll i'm i've if im in into is isn't it it'll itself its just know last least less let like lot made make makes many may maybe me might mine more most much must my myself need never new no nor not nothing now of off often ok okay on once one only onto or other others our ours out over own per please put rather re really right said same say says see seen she should shouldn't since so some someone something still such sure take than thank thanks that that's the their theirs them themselves then there there's these they they'd they'll they're they've thing things think this those though through thus to too two under until up upon us use used using very via want wants was wasn't way we we'd we'll we're we've well were weren't what what's when where whether which while who who's whom whose why will with within without won't would wouldn't yeah yes yet you you'd you'll you're you've your yours yourself rt http https www amp com";
const GERMAN: &str = "aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes auch auf aus bei beim bereits bin bis bist bitte da dabei dadurch dafür dagegen daher damit danach dann daran darauf daraus darf darin darüber darum das dass dasselbe davon dazu dein deine deinem deinen deiner dem den denen denn der deren des deshalb dessen dich die dies diese dieselbe diesem diesen dieser dieses dir doch dort du durch eben ein eine einem einen einer eines einfach einige einigem einigen einiger einiges einmal er erst es etwas euch euer eure eurem euren eurer für gab gar geht gegen gewesen gibt ging habe haben hab hast hat hatte hatten hätte hätten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres im immer in indem ins ist ja jede jedem jeden jeder jedes jedoch jemand jene jenem jenen jener jenes jetzt kann kannst kein keine keinem keinen keiner können könnte könnten machen macht mal man manche manchem manchen mancher manches mehr mein meine meinem meinen meiner meines mich mir mit muss müssen musste nach nachdem nicht nichts noch nun nur ob oder ohne schon sehr sei sein seine seinem seinen seiner seines seit selbst sich sie sind so sogar solche solchem solchen solcher soll sollen sollte sollten sondern sonst um und uns unser unsere unserem unseren unserer unter viel viele vielen vielleicht vom von vor während wann war waren warst warum was weg weil weiter welche welchem welchen welcher welches wenn wer werde werden weshalb wie wieder wieso will wir wird wirklich wo wollen wollte wurde wurden würde würden zu zum zur zwar zwischen über";
const FRENCH: &str = "ai aie ainsi alors apres après as au aucun aucune aura aurait aussi autre autres aux avaient avais avait avant avec avez avoir avons beaucoup bien bon car ce ceci cela celle celles celui cependant ces cet cette ceux chaque chez comme comment contre dans de depuis des deux devrait dire dit doit donc dont du elle elles en encore entre es est et eu eux faire fait faites fois font grâce hors ici il ils je jusqu'à jusque la là laquelle le lequel les lesquels leur leurs lors lorsque lui ma mais me même mêmes merci mes mettre moi moins mon ne ni non nos notre nous on ont ou où oui par parce parfois pas pendant peu peut peuvent peux plus plusieurs pour pourquoi pourrait pouvoir puis quand que quel quelle quelles quelque quelques quels qui quoi rien sa sans savoir se sera serait ses seulement si sien soi soit sommes son sont sous suis sur ta tandis te tel telle telles tels tes toi ton toujours tous tout toute toutes très trop tu un une va vais vers veut veux voici voilà voir vont vos votre vous vraiment vu ça était étaient étais été être aujourd'hui c'est j'ai d'un d'une n'est qu'il qu'on s'est";
const SPANISH: &str = "a además ahora al algo algunas alguno algunos ante antes aquel aquella aquellos aquí así aun aunque aún bajo bien cada casi como cómo con contra cosa cosas cual cuales cualquier cuando cuándo de debe deben del demás desde después dice donde dónde dos durante e el él ella ellas ellos en entonces entre era eran eres es esa esas ese eso esos esta está estaba estaban estamos están estar estas este esto estos estoy fin fue fueron gracias ha había habían hace hacen hacer hacia han hasta hay haya he hemos hizo hoy igual incluso la las le les lo los luego más me mejor menos mi mí mientras mis misma mismo mismos mucha muchas mucho muchos muy nada nadie ni ningún ninguna no nos nosotros nuestra nuestras nuestro nuestros nunca o os otra otras otro otros para parece pero poco por porque pues puede pueden puedo que qué quien quién quiere quiero se sea según ser si sí sido siempre sin sino sobre solo sólo somos son soy su sus también tampoco tan tanto te tener tengo ti tiene tienen toda todas todavía todo todos tu tú tus un una unas uno unos usted ustedes va vamos van vez veces voy y ya yo";

/// The words, and which of the languages each is one of.
#[derive(Clone, Debug)]
pub(super) struct StopWords {
    words: HashMap<&'static str, u8>,
}

impl Default for StopWords {
    fn default() -> Self {
        let mut words = HashMap::new();
        for (bit, list) in [(1, ENGLISH), (2, GERMAN), (4, FRENCH), (8, SPANISH)] {
            for word in list.split(' ') {
                *words.entry(word).or_default() |= bit;
            }
        }
        Self { words }
    }
}

impl StopWords {
    /// The languages a word is a stop word of, a bit each.
    pub fn languages(&self, word: &str) -> u8 {
        self.words.get(word).copied().unwrap_or_default()
    }
}

/// The bits that count for a post in this language: all, where it is none of these or unknown.
pub(super) fn spoken(language: Option<&str>) -> u8 {
    match language {
        Some("en") => 1,
        Some("de") => 2,
        Some("fr") => 4,
        Some("es") => 8,
        _ => 15,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::measure::fold::fold;

    #[test]
    fn words_are_written_as_posts_are_compared() {
        let stop = StopWords::default();
        assert!(stop.words.len() > 700);
        for word in stop.words.keys() {
            assert_eq!(&fold(word), word);
        }
    }

    #[test]
    fn a_word_counts_in_the_language_of_the_post() {
        let stop = StopWords::default();
        let is_stop = |word, language| stop.languages(word) & spoken(language) != 0;
        assert!(is_stop("die", Some("de")) && !is_stop("die", Some("en")) && is_stop("die", None));
        assert!(
            is_stop("the", Some("en")) && is_stop("pour", Some("fr")) && is_stop("los", Some("es"))
        );
        assert!(!is_stop("billing", None) && is_stop("the", Some("it")));
    }
}
