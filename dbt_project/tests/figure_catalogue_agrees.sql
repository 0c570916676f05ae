{{ config(meta={'dagster': {'ref': {'name': 'figures'}}}) }}

{#-
  The catalogue, the evidence models and the evidence itself name the same figures, each in the model of its area.
  One row a disagreement, in words. What the models name is read from their code, so a figure without
  a single row of evidence in a quiet year is still known to be served.
-#}
{%- set found = figures_in_code() -%}

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

-- Which model names which figure, or which whole, in its code.
named as (

    {% for entry in found -%}
    select
        '{{ entry.model }}' as model,
        '{{ entry.figure_id or '' }}' as figure_id,
        '{{ entry.whole or '' }}' as whole_name
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- else %}
    select
        '' as model,
        '' as figure_id,
        '' as whole_name
    {%- endfor %}

),

in_code as (

    select
        model,
        figure_id
    from named
    where figure_id <> ''

    union all

    select
        named.model,
        catalogue.figure_id
    from named
    inner join catalogue on named.whole_name = catalogue.whole

),

problems as (

    select
        catalogue.figure_id,
        'is in the catalogue, and no evidence model serves it' as problem
    from catalogue
    left join in_code
        on catalogue.figure_id = in_code.figure_id
    where in_code.figure_id is null

    union all

    select
        in_code.figure_id,
        concat('is served by ', in_code.model, ', and the catalogue does not know it') as problem
    from in_code
    left join catalogue
        on in_code.figure_id = catalogue.figure_id
    where catalogue.figure_id is null

    union all

    select
        in_code.figure_id,
        concat('is of area ', catalogue.area, ', and ', in_code.model, ' serves it') as problem
    from in_code
    inner join catalogue
        on in_code.figure_id = catalogue.figure_id
    where in_code.model <> concat('evidence_', catalogue.area)

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
        'is not documented: a label, the definition, the section, the display or a bound is blank' as problem
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
