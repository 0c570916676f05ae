with

figures as (

    select * from {{ ref('figures') }}

),

catalogue as (

    select * from {{ ref('figure_catalogue') }}

),

seats as (

    select * from {{ ref('int_seats') }}

),

figure_rows as (

    select
        figures.figure_id as item,
        'figure' as kind,
        figures.figure_id,
        cast(null as {{ dbt.type_string() }}) as body,
        cast(null as {{ dbt.type_string() }}) as gender,
        figures.label,
        figures.value,
        figures.numerator,
        figures.denominator,
        figures.unit,
        figures.status,
        catalogue.position
    from figures
    inner join catalogue
        on figures.figure_id = catalogue.figure_id
    where catalogue.is_gender_impact

),

bodies as (

    select
        body,
        count(*) as seats
    from seats
    group by body

),

genders as (

    select
        'woman' as gender,
        'women' as plural

    union all

    select
        'man' as gender,
        'men' as plural

    union all

    select
        'non_binary' as gender,
        'non-binary persons' as plural

    union all

    select
        'undisclosed' as gender,
        'persons of undisclosed gender' as plural

),

-- Every body has a row a gender, so that an absence shows as a zero.
body_seats as (

    select
        bodies.body,
        genders.gender,
        genders.plural,
        bodies.seats,
        count(seats.body) as held
    from bodies
    cross join genders
    left join seats
        on
            bodies.body = seats.body
            and genders.gender = seats.gender
    group by
        bodies.body,
        genders.gender,
        genders.plural,
        bodies.seats

),

seat_rows as (

    select
        concat(body, '/', gender) as item,
        'governance_seats' as kind,
        cast(null as {{ dbt.type_string() }}) as figure_id,
        body,
        gender,
        concat('Seats held by ', plural, ': ', replace(body, '_', ' ')) as label,
        cast(held as decimal(18, 4)) as value,
        cast(held as decimal(18, 4)) as numerator,
        cast(seats as decimal(18, 4)) as denominator,
        'count' as unit,
        'published' as status,
        cast(1000 as bigint) as position
    from body_seats

),

unioned as (

    select * from figure_rows

    union all

    select * from seat_rows

),

final as (

    select
        -- place in the table
        cast(row_number() over (order by position, item) as bigint) as position,

        -- ids
        item,
        figure_id,

        -- text
        kind,
        body,
        gender,
        label,
        unit,
        status,

        -- numerics
        value,
        numerator,
        denominator
    from unioned

)

select * from final
