{{ config(meta={'dagster': {'ref': {'name': 'figures'}}}) }}

{#-
  The catalogue, the evidence models and the evidence itself agree, and what a figure rests on is what dbt's graph has
  the evidence model of its area read. One row a disagreement, in words.
-#}

with

catalogue as (

    select * from {{ ref('figure_catalogue') }}

),

evidence as (

    select distinct
        figure_id,
        part
    from {{ ref('figure_evidence') }}

),

published as (

    select * from {{ ref('figures') }}

),

-- What stands below a whole stands below every share of it.
evidence_of_figures as (

    select
        coalesce(catalogue.figure_id, evidence.figure_id) as figure_id,
        evidence.part
    from evidence
    left join catalogue
        on evidence.figure_id = catalogue.whole

),

-- What each evidence model reads, and what figures read beside the evidence.
reads as (

    {% for model in evidence_models() -%}
    {%- for name in read_by(model) + read_by('figures') if name != 'figure_catalogue' -%}
    select
        '{{ model }}' as model,
        '{{ name }}' as name,
        {{ 'true' if name in read_by(model) else 'false' }} as is_evidence

    union all

    {% endfor -%}
    {%- endfor -%}
    select
        '' as model,
        '' as name,
        false as is_evidence

),

-- How many of the models that a figure names are read for it.
named as (

    select
        catalogue.figure_id,
        count(distinct reads.name) as models
    from catalogue
    inner join reads
        on
            reads.model = concat('evidence_', catalogue.area)
            and concat('|', catalogue.rests_on, '|') like concat('%|', reads.name, '|%')
    group by catalogue.figure_id

),

problems as (

    select
        figure_id,
        concat('is of area ', area, ', which has no evidence model') as problem
    from catalogue
    where concat('evidence_', area) not in (select reads.model from reads)

    union all

    select
        catalogue.figure_id,
        concat('rests on ', catalogue.rests_on, ', not all of which evidence_', catalogue.area, ' reads') as problem
    from catalogue
    left join named
        on catalogue.figure_id = named.figure_id
    where
        coalesce(named.models, 0)
        <> length(catalogue.rests_on) - length(replace(catalogue.rests_on, '|', '')) + 1

    union all

    select distinct
        reads.name as figure_id,
        concat('is read by ', reads.model, ', and no figure of its area rests on it') as problem
    from reads
    left join catalogue
        on
            reads.model = concat('evidence_', catalogue.area)
            and concat('|', catalogue.rests_on, '|') like concat('%|', reads.name, '|%')
    where
        reads.is_evidence
        and catalogue.figure_id is null

    union all

    select
        evidence_of_figures.figure_id,
        'has evidence, and the catalogue does not know it' as problem
    from evidence_of_figures
    left join catalogue
        on evidence_of_figures.figure_id = catalogue.figure_id
    where catalogue.figure_id is null

    union all

    select
        evidence_of_figures.figure_id,
        'is a count, and has a denominator' as problem
    from evidence_of_figures
    inner join catalogue
        on evidence_of_figures.figure_id = catalogue.figure_id
    where
        catalogue.unit = 'count'
        and evidence_of_figures.part = 'denominator'

    union all

    select
        figure_id,
        'is not documented: a label, the definition, the section, the display, a bound or rests_on is blank' as problem
    from catalogue
    where
        label is null
        or label_fr is null
        or label_es is null
        or definition is null
        or section is null
        or display is null
        or minimum is null
        or move_band is null
        or rests_on is null

    union all

    select
        figure_id,
        'has a unit, a display or decimals that do not go together' as problem
    from catalogue
    where
        unit not in ('count', 'percent')
        or display not in ('plain', 'percent', 'plus', 'at_least')
        or (unit = 'percent') <> (display = 'percent')
        or (display = 'at_least') <> (step is not null)
        or (unit = 'percent') <> (maximum is not null)
        or decimals not between 0 and 4
        or (unit = 'count' and decimals <> 0)

    union all

    select
        figure_id,
        'is a share of a whole, and not named <whole>_<part>_share' as problem
    from catalogue
    where
        whole is not null
        and figure_id <> concat(whole, '_', {{ part_of_whole('figure_id', 'whole') }}, '_share')

    union all

    select
        catalogue.figure_id,
        'has the name of a whole' as problem
    from catalogue
    where catalogue.figure_id in (select shares.whole from catalogue as shares)

    union all

    select
        parts.figure_id,
        'is part of a figure that the catalogue does not know' as problem
    from catalogue as parts
    left join catalogue as wholes
        on parts.part_of = wholes.figure_id
    where
        parts.part_of is not null
        and wholes.figure_id is null

    union all

    select
        coalesce(catalogue.figure_id, published.figure_id) as figure_id,
        'does not have exactly one row in figures' as problem
    from catalogue
    full outer join published
        on catalogue.figure_id = published.figure_id
    group by coalesce(catalogue.figure_id, published.figure_id)
    having
        count(published.figure_id) <> 1
        or count(catalogue.figure_id) <> 1

)

select * from problems
